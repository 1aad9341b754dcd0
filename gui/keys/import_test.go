package keys

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// protected opens with a passphrase, as the engine asks for it; ended gets what
// the question came to.
func protected(right string, ended chan<- error) func(identity.Ask) (*engine.Incoming, error) {
	return func(ask identity.Ask) (*engine.Incoming, error) {
		for again := false; ; again = true {
			pass, err := ask(again)
			if err != nil {
				ended <- err
				return nil, err
			}
			ok := string(pass.Bytes()) == right
			pass.Destroy()
			if ok {
				ended <- nil
				return privateKey(identity.OpenSSHPrivate, "Work", false)(ask)
			}
		}
	}
}

func TestProtectedKey(t *testing.T) {
	q, ended := live(t), make(chan error, 1)
	d := &desk{reads: reads("id_rsa", protected("right", ended))}
	s, w := stand(t, d)
	s.importFrom([]string{"/home/me/id_rsa"})
	q.until(shows(w, "protected with a passphrase"))
	lacks(t, w, "That is not its passphrase")
	for range 2 { // wrong twice
		test.Type(typed(t, w), "wrong")
		field := typed(t, w)
		press(t, w, "Open")
		q.until(func() bool { return typedIn(w) != nil && typedIn(w) != field })
		wants(t, w, "That is not its passphrase")
		if !typed(t, w).Empty() {
			t.Error("the wrong passphrase is still there")
		}
	}
	test.Type(typed(t, w), "right")
	press(t, w, "Open")
	q.until(shows(w, "SHA256:finger"))
	if err := <-ended; err != nil {
		t.Error(err)
	}
	press(t, w, "Import")
	q.until(shows(w, "1 key pair is yours now."))
	wants(t, w, "protected by its passphrase")
	lacks(t, w, "anyone who gets the file")
}

func typedIn(w fyne.Window) *widget.PassphraseField {
	var found *widget.PassphraseField
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if f, ok := o.(*widget.PassphraseField); ok {
			found = f
		}
	})
	return found
}

func TestPassphraseNotTyped(t *testing.T) {
	q, ended := live(t), make(chan error, 2)
	d := &desk{reads: reads("id_rsa", protected("right", ended))}
	d.reads["card"] = card(person("Ana", "ana"))
	s, w := stand(t, d)
	s.importFrom([]string{"/id_rsa"})
	q.until(shows(w, "protected with a passphrase"))
	press(t, w, "Back")
	q.until(shows(w, "Drop files here"))
	if err := <-ended; fault.Of(err) != fault.Cancelled {
		t.Errorf("the question ended with %v", err)
	}
	s.importFrom([]string{"/id_rsa", "/card"}) // the open sheet takes them
	q.until(shows(w, "protected with a passphrase"))
	press(t, w, "Skip it")
	q.until(shows(w, "1 contact is new."))
	wants(t, w, "Skipped, because its passphrase was not typed.", "Import")
}

func TestLockWhileAsking(t *testing.T) {
	q, ended := live(t), make(chan error, 1)
	d := &desk{reads: reads("id_rsa", protected("right", ended))}
	s, w := stand(t, d)
	s.importFrom([]string{"/id_rsa", "/never"})
	q.until(shows(w, "protected with a passphrase"))
	field := typed(t, w)
	test.Type(field, "half of it")
	widget.DismissAll(w.Canvas()) // as the lock does
	if err := <-ended; fault.Of(err) != fault.Cancelled {
		t.Errorf("the question ended with %v", err)
	}
	if field.Text().RuneCount() != 0 {
		t.Error("what was typed is still there")
	}
	q.until(func() bool { return !s.importing.busy })
	if w.Canvas().Overlays().Top() != nil || len(s.importing.sources) > 0 || len(d.read) != 1 {
		t.Errorf("went on after the lock: %d sources, read %q", len(s.importing.sources), d.read)
	}
}

func TestLockWhileReading(t *testing.T) {
	q, begun, goOn := live(t), make(chan bool), make(chan bool)
	d := &desk{reads: reads("slow", func(ask identity.Ask) (*engine.Incoming, error) {
		begun <- true
		<-goOn
		if _, err := ask(false); fault.Of(err) != fault.Cancelled {
			t.Errorf("asking after the lock: %v", err)
		}
		return privateKey(identity.AgeIdentity, "Work", false)(ask)
	})}
	s, w := stand(t, d)
	s.importFrom([]string{"/slow"})
	<-begun
	widget.DismissAll(w.Canvas())
	goOn <- true
	q.until(func() bool { return !s.importing.busy })
	if len(s.importing.sources) > 0 || len(d.taken) > 0 || w.Canvas().Overlays().Top() != nil {
		t.Error("something is left of the import")
	}
}

func TestDropWhileReading(t *testing.T) {
	q, begun, goOn := live(t), make(chan bool), make(chan bool)
	d := &desk{reads: reads("slow", func(ask identity.Ask) (*engine.Incoming, error) {
		begun <- true
		<-goOn
		return card(person("Ana", "ana"))(ask)
	})}
	d.reads["card"] = card(person("Bo", "bo"))
	s, w := stand(t, d)
	s.importFrom([]string{"/slow"})
	<-begun
	s.Drop([]string{"/card"})
	goOn <- true
	q.until(shows(w, "2 contacts are new."))
}

// clipboardHolds plays the clipboard and its helper.
func clipboardHolds(t *testing.T, words string, helper bool) {
	t.Helper()
	before := clipboard
	t.Cleanup(func() { clipboard = before })
	clipboard = func(int) (*secret.Buffer, bool) {
		if words == "" {
			return nil, helper
		}
		return secret.Take([]byte(words)), helper
	}
}

func TestPasteNeverShowsWhatComes(t *testing.T) {
	const private = "AGE-SECRET-KEY-1QQQ"
	d := &desk{reads: reads(private, privateKey(identity.AgeIdentity, "", false))}
	s, w := stand(t, d)
	fyne.CurrentApp().Clipboard().SetContent(private)
	clipboardHolds(t, private, true)
	for _, paste := range []func(){
		func() { press(t, w, "Paste") },
		func() { // Ctrl+V in the field
			field(t, w, text.T("import.text")).TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
		},
	} {
		s.importFrom(nil)
		area := field(t, w, text.T("import.text"))
		paste()
		if area.Text != "" {
			t.Fatalf("the field has %q", area.Text)
		}
		wants(t, w, "From the clipboard", text.T("material.ageIdentity"))
		widget.DismissAll(w.Canvas())
	}
	s.importFrom(nil)
	press(t, w, "Paste")
	press(t, w, "Import")
	wants(t, w, "so it was cleared")
	if left := fyne.CurrentApp().Clipboard().Content(); left != "" {
		t.Errorf("the clipboard has %q", left)
	}
}

func TestPasteWithNothing(t *testing.T) {
	s, w := stand(t, &desk{})
	s.importFrom(nil)
	clipboardHolds(t, "", true)
	press(t, w, "Paste")
	wants(t, w, "There is nothing in the clipboard")
	clipboardHolds(t, "", false)
	press(t, w, "Paste")
	wants(t, w, "xclip")
}

func TestPasteThatComesAfterTheLock(t *testing.T) {
	q, goOn := live(t), make(chan bool)
	s, w := stand(t, &desk{})
	s.importFrom(nil)
	b := secret.Take([]byte("AGE-SECRET-KEY-1QQQ"))
	before := clipboard
	t.Cleanup(func() { clipboard = before })
	clipboard = func(int) (*secret.Buffer, bool) { <-goOn; return b, true }
	press(t, w, "Paste")
	widget.DismissAll(w.Canvas())
	goOn <- true
	q.until(func() bool { return b.Bytes() == nil })
}

func TestTypedPrivateKeyGoesAway(t *testing.T) {
	for _, private := range []string{"AGE-SECRET-KEY-1QQQ", "age-secret-key-pq-1qqq", "AGE-PLUGIN-YUBIKEY-1", "-----BEGIN OPENSSH PRIVATE KEY-----",
		"-----BEGIN PGP PRIVATE KEY BLOCK-----", "PuTTY-User-Key-File-3: ssh-ed25519"} {
		s, w := stand(t, &desk{})
		s.importFrom(nil)
		area := field(t, w, text.T("import.text"))
		area.SetText("some words and " + private)
		if area.Text != "" {
			t.Errorf("%q is still on screen", area.Text)
		}
		wants(t, w, "That was a private key")
		if len(s.engine.(*desk).kept) > 0 {
			t.Error("it was kept for after the lock")
		}
	}
}

func TestTypedPublicKey(t *testing.T) {
	d := &desk{reads: reads("age1ana", card(identity.Contact{Name: "1", Recipient: identity.Recipient{Kind: identity.X25519, Text: "age1ana"}}))}
	s, w := stand(t, d)
	s.importFrom(nil)
	test.Type(w.Canvas().Focused(), " age1ana ") // the keyboard is in the field
	press(t, w, "Continue")
	wants(t, w, "What you typed", "Classic")
	field(t, w, text.T("import.name.contact")).SetText("Ana")
	press(t, w, "Import")
	wants(t, w, "1 contact was imported.", "Verify now")
	if d.contacts[0].Name != "Ana" {
		t.Errorf("the contact is called %q", d.contacts[0].Name)
	}
}

func TestTabLeavesTheText(t *testing.T) {
	s, w := stand(t, &desk{})
	s.importFrom(nil)
	area := field(t, w, text.T("import.text"))
	if tabs, ok := fyne.CanvasObject(area).(fyne.Tabbable); ok && tabs.AcceptsTab() {
		t.Error("Tab is caught in the text")
	}
}

func TestTypedTextOutlivesTheLock(t *testing.T) {
	d := &desk{}
	s, w := stand(t, d)
	s.importFrom(nil)
	field(t, w, text.T("import.text")).SetText("age1an")
	widget.DismissAll(w.Canvas())
	s.importing = nil
	s.importFrom(nil)
	if got := field(t, w, text.T("import.text")).Text; got != "age1an" {
		t.Errorf("the field has %q", got)
	}
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) // given up
	s.importFrom(nil)
	if got := field(t, w, text.T("import.text")).Text; got != "" {
		t.Errorf("the field has %q after it was given up", got)
	}
}

func TestAnotherKeyUnderAName(t *testing.T) {
	d := &desk{fake: &fake{contacts: []identity.Contact{person("Ana", "old")}}, reads: reads("card", card(person("Ana", "new")))}
	s, w := stand(t, d)
	s.Drop([]string{"/card"})
	wants(t, w, "Ana has another key in your contacts")
	name := field(t, w, text.T("import.name.contact"))
	name.SetText("Ana at work")
	lacks(t, w, "has another key")
	name.SetText("ANA")
	wants(t, w, "Ana has another key")
	press(t, w, "Import")
	wants(t, w, "Decide now")
	press(t, w, "Decide now")
	wants(t, w, "Another key came for Ana", "Keep the old key")
}

func TestCardOfAKnownKey(t *testing.T) {
	old := identity.Contact{Name: "Ana", Recipient: pq("ana")} // from a bare key
	d := &desk{fake: &fake{contacts: []identity.Contact{old}}, reads: reads("card", card(person("Ana Lee", "ana")))}
	s, w := stand(t, d)
	s.Drop([]string{"/card"})
	wants(t, w, "Already known", "You have this main key already, as Ana", "Ana is marked as changed")
	lacks(t, w, "has another key")
}
