package recovery

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

func cameOut(format legacy.Format, what legacy.What, plain string) *legacy.Found {
	f := &legacy.Found{Format: format, What: what, Authenticated: format != legacy.ECB && format != legacy.PEM,
		Detail: "AES-128", Plain: secret.Take([]byte(plain))}
	if what == legacy.Key {
		f.Material = identity.PEMPrivate
	}
	return f
}

// oldScript is a wizard, with or without an open keyring, of somebody who has an old script's file; it answers key.bin as what
// it could be, and a key of Script when that is added.
func oldScript(t *testing.T, state session.State) (*Wizard, *fake, fyne.Window) {
	t.Helper()
	w, f := window(t), newFake()
	f.state = state
	f.guesses = map[string][]legacy.Guess{"key.bin": {{Format: legacy.ECB}}, "private.pem": {{Format: legacy.PEM}}}
	f.piece = recovery.Piece{Kind: recovery.LegacyPiece, Keys: []identity.Public{key("Script", identity.SSHRSA)}}
	f.found = recovery.Found{Ready: true, Keys: []recovery.Key{{Public: key("Script", identity.SSHRSA)}}}
	z := NewWizard(w, f, Desk{Folder: t.TempDir(), Owner: "Ana"}, nil, func(bool) {})
	t.Cleanup(z.Close)
	w.SetContent(z.View())
	z.Shown()
	for _, why := range z.happenings() {
		if why.id == "script" {
			z.gather(why)
		}
	}
	return z, f, w
}

// button is the one with that label on top of the window.
func button(w fyne.Window, label string) (found *widget.Button) {
	var top fyne.CanvasObject = w.Content()
	if o := w.Canvas().Overlays().Top(); o != nil {
		top = o
	}
	for _, part := range test.LaidOutObjects(top) {
		if b, ok := part.(*widget.Button); ok && b.Label() == label && b.Visible() && found == nil {
			found = b
		}
	}
	return found
}

func press(t *testing.T, w fyne.Window, key string) {
	t.Helper()
	b := button(w, text.T(key))
	if b == nil || b.Disabled() {
		t.Fatalf("no button %q", text.T(key))
	}
	test.Tap(b)
}

// says wants a sentence on top of the window.
func says(t *testing.T, w fyne.Window, words string) {
	t.Helper()
	var top fyne.CanvasObject = w.Content()
	if o := w.Canvas().Overlays().Top(); o != nil {
		top = o
	}
	var all []string
	for _, part := range test.LaidOutObjects(top) {
		if s, ok := part.(*widget.Text); ok && s.Visible() {
			all = append(all, s.Content())
		}
	}
	if !strings.Contains(strings.Join(all, "\n"), words) {
		t.Errorf("no %q in\n%s", words, strings.Join(all, "\n"))
	}
}

// TestOldKeyComesBack: dropped, opened with its passphrase, laid beside the other pieces, and restored.
func TestOldKeyComesBack(t *testing.T) {
	for _, state := range []session.State{session.Unlocked, session.Locked, session.New} {
		z, f, w := oldScript(t, state)
		f.files["key.bin"] = recovery.Piece{Kind: recovery.OtherPiece, Path: "/x/key.bin", Problem: fault.New(fault.NoPiece, "key.bin", nil)}
		f.old = []*legacy.Found{cameOut(legacy.ECB, legacy.Key, "pem")}
		z.Drop([]string{"/x/key.bin"})
		if z.old.closed() || len(f.last.pieces) != 0 {
			t.Fatalf("%v: %d pieces", state, len(f.last.pieces))
		}
		says(t, w, text.T("recovery.old.file.any"))
		test.Type(z.old.pass, "sixteen byte key")
		press(t, w, "recovery.old.do")
		says(t, w, text.T("recovery.old.unproven"))
		says(t, w, "A private key in PEM form")
		if (button(w, text.T("recovery.old.save")) != nil) != (state == session.Unlocked) {
			t.Errorf("%v: what can be saved", state)
		}
		found := f.old[0]
		press(t, w, "recovery.old.add")
		if !z.old.closed() || found.Plain.Bytes() != nil || z.old.typed.Bytes() != nil {
			t.Errorf("%v: it is open or kept", state)
		}
		if !z.pieces.ready() || z.next.Disabled() || !slices.Equal(f.did, []string{"open key.bin sixteen byte key ."}) {
			t.Errorf("%v: %q", state, f.did)
		}
		says(t, w, "Script")
	}
}

// TestOldFileWithAKeyFile: chosen with the buttons or dropped one after the other; without a passphrase.
func TestOldFileWithAKeyFile(t *testing.T) {
	z, f, w := oldScript(t, session.Unlocked)
	form.ChoosePath = func(_ fyne.Window, r shell.Request, done func([]string)) { done([]string{"/x/key.bin"}) }
	t.Cleanup(func() { form.ChoosePath = shell.Choose })
	press(t, w, "recovery.old.begin")
	press(t, w, "recovery.old.do")
	says(t, w, text.T("recovery.old.wants.file"))
	test.Tap(z.old.file.change)
	press(t, w, "recovery.old.do")
	says(t, w, text.T("recovery.old.wants.secret"))
	z.Drop([]string{"/x/private.pem"})
	f.old = []*legacy.Found{cameOut(legacy.Session, legacy.Text, "the safe: 37-12-4\n")}
	press(t, w, "recovery.old.do")
	if !slices.Equal(f.did, []string{"open key.bin - private.pem"}) {
		t.Errorf("%q", f.did)
	}
	says(t, w, text.T("recovery.old.proven"))
	if button(w, text.T("recovery.old.add")) != nil {
		t.Error("a text is offered as a key")
	}

	// Shown and hidden; gone with the sheet.
	letters := func() (n int) {
		for _, part := range test.LaidOutObjects(w.Canvas().Overlays().Top()) {
			if s, ok := part.(*widget.SecretText); ok && s.Visible() {
				n += len(test.WidgetRenderer(s).Objects())
			}
		}
		return n
	}
	if letters() != 0 {
		t.Error("it is shown unasked")
	}
	press(t, w, "recovery.old.show")
	if n := letters(); n != len("the safe: 37-12-4") {
		t.Errorf("%d letters", n)
	}
	press(t, w, "recovery.old.hide")
	if letters() != 0 {
		t.Error("it is still shown")
	}

	// Saved where the person said.
	var asked shell.Request
	form.ChoosePath = func(_ fyne.Window, r shell.Request, done func([]string)) {
		asked = r
		done([]string{"/y/safe.age"})
	}
	press(t, w, "keys.place.change")
	f.err = fault.New(fault.Exists, "/y/safe.age", nil)
	press(t, w, "recovery.old.save")
	says(t, w, text.T("recovery.exists"))
	f.err = fault.New(fault.NoSpace, "/y/safe.age", nil)
	press(t, w, "recovery.old.save")
	says(t, w, sentence(f.err))
	f.err = nil
	press(t, w, "recovery.old.save")
	if asked.SaveAs != "key.txt.age" || asked.Start != z.desk.Folder || f.did[len(f.did)-1] != "save the safe: 37-12-4\n safe.age" {
		t.Errorf("%+v, %q", asked, f.did)
	}
	says(t, w, "safe.age")
	found := f.old[0]
	z.Close()
	if found.Plain.Bytes() != nil || !z.old.closed() {
		t.Error("it outlives the wizard")
	}
}

func TestOldFileThatDoesNotOpen(t *testing.T) {
	z, _, w := oldScript(t, session.Locked)
	press(t, w, "recovery.old.begin")
	z.Drop([]string{"/x/letter.txt"})
	says(t, w, sentence(fault.New(fault.LegacyUnknown, "", nil)))
	z.Close()

	z, f, w := oldScript(t, session.Locked)
	z.oldScript("/x/key.bin")
	for _, kind := range []fault.Kind{fault.LegacyNothing, fault.WrongPassphrase, fault.NeedPassphrase, fault.LegacyNeedKey, fault.BadIdentity} {
		f.err = fault.New(kind, "/x/key.bin", nil)
		z.old.pass.Clear()
		test.Type(z.old.pass, "wrong")
		press(t, w, "recovery.old.do")
		what, _ := text.FaultOf(f.err)
		if kind == fault.WrongPassphrase {
			what = text.T("keys.passphrase.wrong")
		}
		says(t, w, what)
	}
	f.err = nil
	f.old = []*legacy.Found{cameOut(legacy.ECB, legacy.Noise, "0123456789abcdef"), cameOut(legacy.ECB, legacy.Noise, "0123456789abcdeg")}
	press(t, w, "recovery.old.do")
	says(t, w, text.T("recovery.old.noise"))
	says(t, w, "2 things that could be right")
	says(t, w, text.T("recovery.old.locked"))
	for _, b := range f.given {
		if b.Bytes() != nil {
			t.Error("a passphrase is still there")
		}
	}
}

// TestOldKeyWithAPassphraseOfItsOwn: the one that was typed already is tried first, then one is asked for.
func TestOldKeyWithAPassphraseOfItsOwn(t *testing.T) {
	z, f, w := oldScript(t, session.Unlocked)
	f.asks["inside"] = "Unguessable"
	f.old = []*legacy.Found{cameOut(legacy.PEM, legacy.Key, "pem")}
	z.oldScript("/x/private.pem")
	says(t, w, text.T("recovery.old.file.pem"))
	test.Type(z.old.pass, "Unguessable")
	press(t, w, "recovery.old.do")
	says(t, w, text.T("recovery.old.pem"))
	press(t, w, "recovery.old.add")
	if !z.old.closed() || len(f.last.pieces) != 1 || f.last.pieces[0].Name != "private.pem" {
		t.Errorf("%+v", f.last.pieces)
	}

	// What cannot be used is said, and does not stay.
	f.piece = recovery.Piece{Kind: recovery.IdentityPiece, Problem: fault.New(fault.BadIdentity, "", nil)}
	f.old = []*legacy.Found{cameOut(legacy.PEM, legacy.Key, "pem")}
	z.oldScript("/x/private.pem")
	test.Type(z.old.pass, "Unguessable")
	press(t, w, "recovery.old.do")
	press(t, w, "recovery.old.add")
	if z.old.closed() || len(f.last.pieces) != 1 {
		t.Errorf("%d pieces", len(f.last.pieces))
	}
	says(t, w, sentence(f.piece.Problem))
}

// TestOldFileAmongOthers: who said nothing of a script gets a link on what has no mark.
func TestOldFileAmongOthers(t *testing.T) {
	z, f, w := oldScript(t, session.Unlocked)
	z.gather(z.happenings()[0])
	f.files["key.bin"] = recovery.Piece{Kind: recovery.OtherPiece, Path: "/x/key.bin", Problem: fault.New(fault.NoPiece, "key.bin", nil)}
	z.Drop([]string{"/x/key.bin"})
	if !z.old.closed() {
		t.Error("it was opened unasked")
	}
	press(t, w, "recovery.old.link")
	if z.old.closed() || z.old.file.path != filepath.Clean("/x/key.bin") {
		t.Error("not opened")
	}
}
