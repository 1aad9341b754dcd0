package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"cryptodesk/assets"
	"cryptodesk/engine/session"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/files"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/lock"
	"cryptodesk/gui/prompt"
	"cryptodesk/gui/recovery"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/transfer"
	"cryptodesk/gui/widget"
)

// window is the one window. Everything in it is for the UI goroutine.
type window struct {
	app      fyne.App
	win      fyne.Window
	eng      Engine
	settings settings

	stage  *widget.Stage
	first  *lock.FirstRun   // while the keyring is being made
	unlock *lock.Unlock     // while locked
	back   *recovery.Wizard // while keys are brought back in place of these two
	rail   *rail            // while unlocked
	page   *fyne.Container
	shown  string // the rail item whose screen is shown

	files    *files.Screen
	keys     *keys.Screen
	recovery *recovery.Screen
	transfer *transfer.Screen
	asks     *transfer.Questions
	config   *config

	away    *away
	waiting []string // dropped while locked
	silence func()   // ends the engine's news
	leaving bool
	overdue func() // the toolkit's own end begins
}

// start fills the window and listens to the engine.
func (w *window) start() {
	w.stage = widget.NewStage(container.NewStack(), fyne.NewSize(leastWidth, leastHeight))
	w.win.SetIcon(fyne.NewStaticResource("cryptodesk.svg", assets.Drawing("app")))
	w.win.SetPadded(false)
	w.win.SetContent(w.stage) // the toolkit clears to the background
	w.win.Resize(fyne.NewSize(w.settings.Width, w.settings.Height))
	w.win.SetCloseIntercept(w.close)
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		w.away.touched()
		paths := make([]string, 0, len(uris))
		for _, u := range uris {
			paths = append(paths, u.Path())
		}
		w.drop(paths)
	})
	w.shortcuts()
	w.eng.SetPrompter(prompt.New(w.win, func() bool { return w.eng.State() == session.Unlocked }))
	w.asks = transfer.NewQuestions(w.win, w.eng, w.transferDesk())
	w.away = newAway(w)
	w.eng.SetIdle(w.settings.AutoLock.limit())
	ring, stop := cross.Coalesce(w.sync)
	unhear := w.eng.OnChange(ring)
	w.silence = func() { unhear(); stop() }
	w.sync()
}

// sync shows what the engine's state asks for.
func (w *window) sync() {
	if w.leaving {
		return
	}
	switch state := w.eng.State(); {
	case state == session.New:
		if w.first == nil && w.back == nil {
			w.showFirstRun()
		}
	case state == session.Locked:
		if w.unlock == nil && (w.back == nil || w.back.Back()) {
			w.showLocked()
		}
	case w.first != nil, w.back != nil: // there are keys just now, and the last step comes
	case w.rail == nil:
		w.showScreens(w.last())
		w.explain(w.eng.StateProblem())
	default:
		w.rail.alert(w.alone())
		if w.keys != nil {
			w.keys.Refresh()
		}
		if w.recovery != nil {
			w.recovery.Refresh()
		}
		if w.transfer != nil {
			w.transfer.Refresh()
		}
		w.asks.Refresh()
	}
	w.away.follow()
}

// clear takes down what stands before the door, and wipes it.
func (w *window) clear() {
	widget.DismissAll(w.win.Canvas())
	if w.first != nil {
		w.first.Close()
		w.first = nil
	}
	if w.unlock != nil {
		w.unlock.Close()
		w.unlock = nil
	}
	if w.back != nil {
		w.back.Close()
		w.back = nil
	}
}

func (w *window) showFirstRun() {
	w.clear()
	w.first = lock.NewFirstRun(w.eng, w.lockDesk(), func() {
		w.clear()
		w.sync()
	})
	w.stage.Set(w.first.View())
	w.first.Shown()
}

func (w *window) showLocked() {
	w.clear()
	if w.files != nil {
		w.files.Locked()
	} else {
		w.newFiles() // now, and not in the frame after the unlock
	}
	if w.config != nil {
		w.config.close()
	}
	if w.recovery != nil {
		w.recovery.Close()
	}
	w.endTransfer()
	w.rail, w.keys, w.recovery, w.config = nil, nil, nil, nil
	w.away.anew()
	clip.Clear(nil)
	widget.WipeTyped()
	w.unlock = lock.NewUnlock(w.eng, w.win, w.lockedBecause(), w.restore)
	w.stage.Set(w.unlock.View())
	w.unlock.Focus()
}

// showScreens builds the rail; a screen is built when it is first shown, so
// that unlocking does not hold up a frame. The Files screen outlives a lock,
// because its rows are the outcome of what ran.
func (w *window) showScreens(id string) {
	w.clear()
	if w.files == nil {
		w.newFiles()
	}
	if w.recovery != nil {
		w.recovery.Close()
	}
	w.endTransfer()
	w.keys, w.recovery, w.config = nil, nil, nil
	w.page = container.NewStack()
	w.rail = newRail(w)
	w.stage.Set(container.New(beside{}, w.rail.view, w.page))
	w.show(id)
	waiting := w.waiting
	w.waiting = nil
	w.drop(waiting)
	w.asks.Refresh()
}

// show brings a screen to the front.
func (w *window) show(id string) {
	if w.shown == "files" && id != "files" {
		w.files.Hidden()
	}
	w.shown = id
	w.eng.Remember(section, place{Shown: id})
	w.rail.selected(id)
	w.rail.alert(w.alone())
	content, shown := w.screen(id)
	w.page.Objects = []fyne.CanvasObject{content}
	w.page.Refresh()
	shown()
}

// screen is what a rail item shows, and what to call once it is visible.
func (w *window) screen(id string) (content fyne.CanvasObject, shown func()) {
	switch id {
	case "keys":
		if w.keys == nil {
			w.keys = keys.New(w.win, w.eng, w.keysDesk())
		}
		return w.keys.Content(), w.keys.Shown
	case "recovery":
		return w.ways().Content(), w.ways().Shown
	case "transfer":
		if w.transfer == nil {
			w.transfer = transfer.New(w.win, w.eng, w.transferDesk())
		}
		return w.transfer.Content(), w.transfer.Shown
	case "settings":
		if w.config == nil {
			w.config = newConfig(w)
		}
		return w.config.view, w.config.shown
	}
	return w.files.Content(), w.files.Shown
}

func (w *window) newFiles() {
	w.files = files.New(w.win, w.eng)
	w.files.Recover = func(paths []string) {
		w.show("recovery")
		w.ways().Drop(paths)
	}
}

// drop takes paths dropped on the window, wherever it is; before the door is
// open they wait.
func (w *window) drop(paths []string) {
	switch {
	case len(paths) == 0:
		return
	case w.back != nil:
		w.back.Drop(paths)
	case w.rail == nil:
		w.waiting = append(w.waiting, paths...)
		widget.Toast(w.win.Canvas(), theme.Accent, text.T("app.waiting"))
	case w.shown == "keys":
		w.keys.Drop(paths)
	case w.shown == "recovery":
		w.recovery.Drop(paths)
	case w.shown == "transfer":
		w.transfer.Drop(paths)
	default:
		widget.DismissAll(w.win.Canvas())
		if w.shown != "files" {
			w.show("files")
		}
		w.files.Drop(paths)
	}
}

// alone says that nothing would bring the keys back to somebody who forgot the
// passphrase: the badge.
func (w *window) alone() bool {
	st := w.eng.Recovery()
	return w.eng.State() == session.Unlocked && st.Back == 0
}

// escape is Esc where nothing above the screen had a use for it.
func (w *window) escape() {
	switch {
	case widget.DismissTop(w.win.Canvas()):
	case w.back != nil:
		w.back.Escape()
	case w.rail == nil:
	case w.shown == "files":
		w.files.Escape()
	case w.shown == "recovery":
		w.recovery.Escape()
	}
}

func (w *window) shortcuts() {
	c := w.win.Canvas()
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			w.escape()
		} else if w.rail != nil && w.shown == "settings" {
			w.config.turn(e.Name)
		}
	})
	keys := []fyne.KeyName{fyne.KeyO, fyne.KeyF, fyne.KeyL, fyne.KeyQ, fyne.KeyComma}
	for i := range railScreens {
		keys = append(keys, fyne.KeyName('1'+rune(i)))
	}
	for _, key := range keys {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(fyne.Shortcut) { w.control(key) })
	}
}

// control is Ctrl (Cmd on a Mac) with a key. Behind a sheet or the lock only
// locking and leaving work.
func (w *window) control(key fyne.KeyName) {
	switch key {
	case fyne.KeyL:
		w.lock()
		return
	case fyne.KeyQ:
		w.close()
		return
	}
	if w.rail == nil || w.win.Canvas().Overlays().Top() != nil {
		return
	}
	switch key {
	case fyne.KeyO:
		w.show("files")
		w.files.Choose()
	case fyne.KeyF:
		if w.shown == "keys" {
			w.keys.Search()
		}
	case fyne.KeyComma:
		w.show("settings")
	default:
		w.show(railScreens[key[0]-'1'])
	}
}

// restyle is called after language or theme changed. Files that are being
// worked on keep their rows, in the old language.
func (w *window) restyle() {
	w.settings.save()
	w.settings.speak()
	translateToolkit()
	w.app.Settings().SetTheme(theme.New(w.settings.Theme))
	w.win.SetTitle(text.T("app.name"))
	if w.first != nil {
		w.showFirstRun()
	}
	if w.rail == nil {
		return
	}
	if !w.files.Busy() {
		w.files = nil
	}
	w.showScreens(w.shown)
}
