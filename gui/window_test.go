package gui

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/recovery"
	"cryptodesk/engine/session"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

func TestTheStateChoosesTheScreen(t *testing.T) {
	w, eng, ui := stand(t, session.New)
	if w.first == nil || w.unlock != nil || w.rail != nil {
		t.Fatal("a new profile does not begin with the first run")
	}
	eng.to(session.Unlocked) // the keys were made
	(<-ui)()
	if w.first == nil || w.rail != nil {
		t.Fatal("the first run was cut off before its last step")
	}
	w.clear()
	w.sync()
	if w.rail == nil || w.shown != "files" {
		t.Fatal("unlocked, and no screens")
	}
	w.lock()
	if w.unlock == nil || w.rail != nil || !slices.Equal(eng.events, []string{"lock"}) {
		t.Fatal("locked, and no lock screen")
	}
	eng.to(session.Unlocked)
	w.sync()
	if w.rail == nil || w.unlock != nil {
		t.Fatal("unlocked again, and no screens")
	}
}

func TestLockCoversOpenSheets(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	sheet := widget.NewSheet("Private", widget.Body("words"))
	sheet.Pinned = true
	sheet.Open(w.win.Canvas(), nil)
	w.lock()
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("a sheet lies over the lock screen")
	}
	if w.win.Canvas().Focused() == nil {
		t.Error("the keyboard is nowhere")
	}
}

// noLastEvent has nothing to take away if the toolkit calls its hook something else one day: then it is to be looked at again.
func TestTheToolkitHasItsLastEvent(t *testing.T) {
	stand(t, session.Unlocked)
	if _, ok := fyne.CurrentApp().Lifecycle().(lastHook); !ok {
		t.Error("the hook of the last event is no longer there")
	}
}

func TestShortcuts(t *testing.T) {
	w, eng, _ := stand(t, session.Unlocked)
	for key, screen := range map[fyne.KeyName]string{"2": "keys", "3": "recovery", "1": "files", fyne.KeyComma: "settings"} {
		w.control(key)
		if w.shown != screen {
			t.Errorf("Ctrl+%s shows %s, want %s", key, w.shown, screen)
		}
		if w.win.Canvas().Focused() == nil {
			t.Errorf("%s: the keyboard is nowhere", screen)
		}
	}
	w.control(fyne.KeyL)
	if eng.state != session.Locked {
		t.Error("Ctrl+L does not lock")
	}
	w.control("2")
	if w.unlock == nil {
		t.Error("a shortcut went past the lock")
	}
}

func TestTabReachesTheRailAndTheScreen(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	w.show("settings")
	seen := map[string]bool{}
	for range 12 {
		w.win.Canvas().FocusNext()
		if a, ok := w.win.Canvas().Focused().(fyne.Accessible); ok {
			seen[a.AccessibilityLabel()] = true
		}
	}
	for _, key := range []string{"rail.files", "rail.keys", "rail.recovery", "rail.settings", "rail.lock", "settings.language.system"} {
		if !seen[text.T(key)] {
			t.Errorf("Tab does not reach %q; it reaches %v", text.T(key), seen)
		}
	}
}

func TestDropWaitsForTheUnlock(t *testing.T) {
	w, eng, ui := stand(t, session.Locked)
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.drop([]string{path})
	if len(eng.planned) != 0 {
		t.Fatal("planned while locked")
	}
	eng.to(session.Unlocked)
	for len(eng.planned) == 0 {
		(<-ui)()
	}
	if !slices.Equal(eng.planned[0], []string{path}) || w.waiting != nil {
		t.Errorf("planned %q", eng.planned)
	}
}

func TestTheBadgeFollowsTheFacts(t *testing.T) {
	w, eng, ui := stand(t, session.Unlocked)
	if !w.rail.items["recovery"].Alerted() {
		t.Fatal("no badge though nothing would bring the keys back")
	}
	eng.ways = recovery.Status{Answer: recovery.Yes, Back: 1}
	eng.changed()
	for w.rail.items["recovery"].Alerted() { // other news may come first
		(<-ui)()
	}
	eng.ways = recovery.Status{Answer: recovery.NotYet}
	w.show("keys")
	if !w.rail.items["recovery"].Alerted() {
		t.Error("the badge is gone for good")
	}
}

func TestKeysComeBackInPlaceOfTheLock(t *testing.T) {
	w, _, ui := stand(t, session.Locked)
	w.restore()
	if w.unlock != nil || w.back == nil {
		t.Fatal("the lock is still there")
	}
	w.sync() // news that change nothing
	if w.back == nil {
		t.Fatal("news take it down")
	}
	w.drop([]string{"/x/backup.age"})
	if len(w.waiting) != 0 {
		t.Errorf("what was dropped waits: %q", w.waiting)
	}
	go w.gone(session.Suspended)
	for w.back != nil { // other news may come first
		(<-ui)()
	}
	if w.unlock == nil {
		t.Error("the computer sleeps with the pieces on the screen")
	}
}

func TestFirstRunCanChangeItsLanguage(t *testing.T) {
	w, _, _ := stand(t, session.New)
	before := w.first
	w.lockDesk().Speak(text.Korean)
	if text.Current() != text.Korean || w.first == before || w.first == nil {
		t.Error("the first run is still in the old language")
	}
}

func TestLanguageAndThemeChangeAtOnce(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	w.show("settings")
	w.config.language.Choose(2)
	if text.Current() != text.Korean || w.shown != "settings" {
		t.Fatalf("language %s, screen %s", text.Current(), w.shown)
	}
	if label := w.rail.items["files"].Label(); label != "파일" {
		t.Errorf("the rail says %q", label)
	}
	w.settings.Theme = theme.Light
	w.restyle()
	if theme.IsDark() {
		t.Error("still dark")
	}
	again := loadSettings(w.eng.Home())
	if again.Language != text.Korean || again.Theme != theme.Light {
		t.Errorf("kept %+v", again)
	}
	info, err := os.Stat(again.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestLeavingWipesBeforeItQuits(t *testing.T) {
	w, eng, ui := stand(t, session.Locked)
	w.win.Resize(fyne.NewSize(1000, 700))
	w.close()
	w.close()
	<-ui // the quit, which comes after
	if !slices.Equal(eng.events, []string{"close"}) {
		t.Errorf("events %v", eng.events)
	}
	if s := loadSettings(eng.home); s.Width != 1000 || s.Height != 700 {
		t.Errorf("size kept: %v x %v", s.Width, s.Height)
	}
}

func TestEscapeClosesWhatLiesAbove(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	widget.NewSheet("Sheet", widget.Body("words")).Open(w.win.Canvas(), nil)
	escapeKey(w)
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("Esc left the sheet")
	}
}

func TestSmallestWindowHoldsEveryScreen(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	w.win.Resize(fyne.NewSize(leastWidth, leastHeight))
	for _, id := range append(slices.Clone(railScreens), "settings") {
		w.show(id)
		if m := w.page.MinSize(); m.Width > leastWidth-railWidth || m.Height > leastHeight {
			t.Errorf("%s needs %v beside the rail", id, m)
		}
	}
	if m := test.WidgetRenderer(w.stage).MinSize(); m != fyne.NewSize(leastWidth, leastHeight) {
		t.Errorf("the window cannot be made smaller than %v", m)
	}
}

func TestSettingsAreReadWithBounds(t *testing.T) {
	dir := t.TempDir()
	defaults := loadSettings(dir)
	if defaults.Width != startWidth || defaults.Language != followSystem || defaults.Theme != theme.System {
		t.Fatalf("%+v", defaults)
	}
	for _, raw := range []string{"", "{", `{"width": -1, "height": 1e30}`, `{"width": "x"}`, `{"language": "xx", "theme": "pink"}`, `{"auto_lock_minutes": -5}`, `{"auto_lock_minutes": 1e30}`, `{"auto_lock_minutes": "never"}`} {
		if err := os.WriteFile(filepath.Join(dir, "window.json"), []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if s := loadSettings(dir); s != defaults {
			t.Errorf("%s became %+v", raw, s)
		}
	}
	if bounded(float32(math.NaN()), 1, 7) != 7 {
		t.Error("not a number is a size")
	}
	s := defaults
	s.Width = 800
	s.save()
	var kept settings
	raw, err := os.ReadFile(s.path)
	if err != nil || json.Unmarshal(raw, &kept) != nil || kept.Width != 800 {
		t.Errorf("kept %s, %v", raw, err)
	}
}

func TestDocumentsFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	if got := documents(); got != home {
		t.Errorf("without a documents folder: %s", got)
	}
	for _, dir := range []string{"Documents", "문서", ".config"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := documents(); got != filepath.Join(home, "Documents") {
		t.Errorf("with one: %s", got)
	}
	dirs := "# made by xdg-user-dirs\nXDG_DOCUMENTS_DIR=\"$HOME/문서\"\n"
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(dirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := documents(); got != filepath.Join(home, "문서") {
		t.Errorf("with user-dirs: %s", got)
	}
}

func TestLockClosesTheWaysBack(t *testing.T) {
	w, _, _ := stand(t, session.Unlocked)
	w.show("recovery")
	w.drop([]string{"/x/backup.age"})
	if w.shown != "recovery" || len(w.waiting) != 0 {
		t.Fatal("what was dropped on Recovery went elsewhere")
	}
	w.lock()
	if w.recovery != nil || w.unlock == nil {
		t.Error("the pieces lie behind the lock")
	}
}

func TestDoorClosesWhenNobodyIsThere(t *testing.T) {
	w, _, _ := stand(t, session.Locked)
	now := time.Now()
	w.away.now = func() time.Time { return now }
	var due func()
	var asked time.Duration
	w.away.after = func(d time.Duration, f func()) func() {
		due, asked = f, d
		return func() {}
	}
	w.restore()
	if asked != w.settings.AutoLock.limit() {
		t.Fatalf("looks again after %v", asked)
	}
	now = now.Add(asked - time.Minute)
	w.away.touched()
	now = now.Add(time.Minute)
	due()
	if w.back == nil || asked != w.settings.AutoLock.limit()-time.Minute {
		t.Fatalf("closed though somebody was there, or looks after %v", asked)
	}
	now = now.Add(asked)
	due()
	if w.back != nil || w.unlock == nil {
		t.Error("it stays open with nobody there")
	}
}
