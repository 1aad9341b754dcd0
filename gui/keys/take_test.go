package keys

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/widget"
)

// desk is the fake engine of the sheets that import and compare.
type desk struct {
	*fake
	reads   map[string]func(ask identity.Ask) (*engine.Incoming, error) // by the file's base name, or the text itself
	read    []string
	taken   []*engine.Incoming
	refuse  error // of Take
	words   []string
	asked   []string // own key pairs that words were made with
	decided []string
	during  func() // runs while the engine is asked for words
}

func (d *desk) Read(_ context.Context, data *secret.Buffer, ask identity.Ask) (*engine.Incoming, error) {
	defer data.Destroy()
	return d.find(string(data.Bytes()), ask)
}

func (d *desk) ReadFile(_ context.Context, path string, ask identity.Ask) (*engine.Incoming, error) {
	return d.find(filepath.Base(path), ask)
}

func (d *desk) find(what string, ask identity.Ask) (*engine.Incoming, error) {
	d.read = append(d.read, what)
	if f := d.reads[what]; f != nil {
		return f(ask)
	}
	return nil, fault.New(fault.CannotImport, string(identity.Unknown), nil)
}

func (d *desk) Take(_ context.Context, in *engine.Incoming) error {
	if d.refuse != nil {
		return d.refuse
	}
	d.taken = append(d.taken, in)
	for _, k := range in.Keys {
		if !k.Known {
			d.keys = append(d.keys, k.Public)
		}
	}
	for _, c := range in.Contacts {
		i := slices.IndexFunc(d.contacts, func(o identity.Contact) bool { return identity.SameName(o.Name, c.Name) })
		if i >= 0 {
			d.contacts[i] = d.contacts[i].Offer(c.Contact)
		} else if !c.Known {
			d.contacts = append(d.contacts, c.Contact)
		}
	}
	return nil
}

func (d *desk) SafetyWords(mine, _ string) ([]string, error) {
	d.asked = append(d.asked, mine)
	if d.during != nil {
		d.during()
	}
	if d.words == nil {
		return strings.Fields("abandon ability able about above absent absorb abstract absurd abuse access " + mine), d.err
	}
	return d.words, d.err
}

func (d *desk) VerifyContact(_ context.Context, id string, verified bool) error {
	d.decided = append(d.decided, fmt.Sprint("verified ", verified))
	return d.change(id, func(c identity.Contact) identity.Contact { c.Verified = verified; return c })
}

func (d *desk) AcceptChange(_ context.Context, id string) error {
	d.decided = append(d.decided, "accept")
	return d.change(id, identity.Contact.Accept)
}

func (d *desk) RefuseChange(_ context.Context, id string) error {
	d.decided = append(d.decided, "refuse")
	return d.change(id, identity.Contact.Refuse)
}

func (d *desk) change(id string, f func(identity.Contact) identity.Contact) error {
	if d.err != nil {
		return d.err
	}
	for i, c := range d.contacts {
		if c.ID() == id {
			d.contacts[i] = f(c)
			return nil
		}
	}
	return fault.New(fault.NoContact, "", nil)
}

// stand shows the Keys screen over a desk.
func stand(t *testing.T, d *desk) (*Screen, fyne.Window) {
	t.Helper()
	if d.fake == nil {
		d.fake = &fake{}
	}
	s, w := screen(t, d.fake)
	s.engine = d
	return s, w
}

// ui is the UI goroutine, played by the test: what workers send waits in it.
type ui chan func()

// live lets workers be real goroutines.
func live(t *testing.T) ui {
	t.Helper()
	q := make(ui, 64)
	before := away
	away = cross.Go
	restore := cross.Divert(func(f func()) { q <- f })
	t.Cleanup(func() { away = before; restore() })
	return q
}

// until runs what workers sent until something is so.
func (q ui) until(so func() bool) {
	for !so() {
		(<-q)()
	}
}

// shows answers whether a sentence is on screen.
func shows(w fyne.Window, sentence string) func() bool {
	return func() bool { return strings.Contains(words(w), sentence) }
}

func lacks(t *testing.T, w fyne.Window, sentences ...string) {
	t.Helper()
	shown := words(w)
	for _, s := range sentences {
		if strings.Contains(shown, s) {
			t.Errorf("%q is on screen:\n%s", s, shown)
		}
	}
}

func pq(s string) identity.Recipient {
	return identity.Recipient{Kind: identity.Hybrid, Text: "age1pq1" + s}
}

// person is a contact with a card.
func person(name, key string) identity.Contact {
	return identity.Contact{Name: name, Recipient: pq(key), Signing: []byte(key)}
}

// privateKey is what reading a file with one key answers.
func privateKey(m identity.Material, name string, known bool) func(identity.Ask) (*engine.Incoming, error) {
	return func(identity.Ask) (*engine.Incoming, error) {
		return &engine.Incoming{Material: m, Keys: []engine.IncomingKey{{Known: known, Public: identity.Public{
			Name: name, ID: "id " + name, Kind: identity.SSHEd25519, Fingerprint: "SHA256:finger"}}}}, nil
	}
}

// card is what reading a contact card answers.
func card(people ...identity.Contact) func(identity.Ask) (*engine.Incoming, error) {
	return func(identity.Ask) (*engine.Incoming, error) {
		in := &engine.Incoming{Material: identity.Card}
		for _, c := range people {
			in.Contacts = append(in.Contacts, engine.IncomingContact{Contact: c})
		}
		return in, nil
	}
}

func reads(name string, f func(identity.Ask) (*engine.Incoming, error)) map[string]func(identity.Ask) (*engine.Incoming, error) {
	return map[string]func(identity.Ask) (*engine.Incoming, error){name: f}
}

// typed finds the passphrase field on screen.
func typed(t *testing.T, w fyne.Window) *widget.PassphraseField {
	t.Helper()
	var found *widget.PassphraseField
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if f, ok := o.(*widget.PassphraseField); ok {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no passphrase is asked for:\n%s", words(w))
	}
	return found
}

func TestKeyOfAFileBecomesMine(t *testing.T) {
	d := &desk{reads: reads("id_ed25519", privateKey(identity.OpenSSHPrivate, "", false))}
	s, w := stand(t, d)
	s.Drop([]string{"/home/me/.ssh/id_ed25519"})
	wants(t, w, "id_ed25519", text.T("material.opensshPrivate"), "SHA256:finger", "Classic, SSH")
	name := field(t, w, text.T("import.name.key"))
	if name.Text != "id_ed25519" || w.Canvas().Focused() != fyne.Focusable(name) {
		t.Errorf("the name is %q, the keyboard on %T", name.Text, w.Canvas().Focused())
	}
	if len(d.taken) > 0 {
		t.Fatal("imported before anybody said so")
	}
	name.SetText("Laptop")
	press(t, w, "Import")
	wants(t, w, "1 key pair is yours now.", "id_ed25519 still holds your private key")
	if d.taken[0].Keys[0].Name != "Laptop" {
		t.Errorf("the key is called %q", d.taken[0].Keys[0].Name)
	}
	press(t, w, "Done")
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the sheet is still open")
	}
}

func TestWhatIsMineAlready(t *testing.T) {
	d := &desk{reads: reads("key", privateKey(identity.AgeIdentity, "Work", true))}
	s, w := stand(t, d)
	s.Drop([]string{"/key"})
	wants(t, w, "Nothing new to import", "Work", "Already yours", "Close")
	lacks(t, w, "Import\n")
	press(t, w, "Import something else")
	wants(t, w, "Drop files here")
}

func TestWhatCannotBeImported(t *testing.T) {
	for _, m := range identity.Materials() {
		if m.Importable() {
			continue
		}
		d := &desk{reads: reads("x", func(identity.Ask) (*engine.Incoming, error) {
			return nil, fault.New(fault.CannotImport, string(m), nil)
		})}
		s, w := stand(t, d)
		s.Drop([]string{"/x"})
		wants(t, w, text.T("material."+string(m)), text.T("material."+string(m)+".why"))
		lacks(t, w, "material.")
	}
}

func TestBrokenFile(t *testing.T) {
	err := fault.New(fault.NotRegular, "/dev/null", nil)
	d := &desk{reads: reads("null", func(identity.Ask) (*engine.Incoming, error) { return nil, err })}
	s, w := stand(t, d)
	s.Drop([]string{"/dev/null"})
	what, do := text.FaultOf(err)
	wants(t, w, what, do)
}

func TestSeveralFilesAtOnce(t *testing.T) {
	d := &desk{reads: reads("a", privateKey(identity.AgeIdentity, "Work", false))}
	d.reads["b"] = card(person("Ana", "ana"))
	d.reads["c"] = privateKey(identity.AgeIdentity, "Work", false)
	s, w := stand(t, d)
	s.Drop([]string{"/a", "/b", "/c", "/d"})
	wants(t, w, "2 private keys are new. 1 contact is new. 1 file cannot be imported.")
	press(t, w, "Import")
	if len(d.taken) != 3 || d.keys[0].Name != "Work" || d.keys[1].Name != "Work 2" || d.contacts[0].Name != "Ana" {
		t.Errorf("%d taken: %+v, %+v", len(d.taken), d.keys, d.contacts)
	}
	wants(t, w, "2 key pairs are yours now.", "1 contact was imported.", "The 2 files still hold your private keys")
}

func TestNamesThatWillNotDo(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{{Name: "Home"}}}, reads: reads("a", privateKey(identity.AgeIdentity, "Work", false))}
	s, w := stand(t, d)
	s.Drop([]string{"/a"})
	for name, kind := range map[string]fault.Kind{"  ": fault.NameMissing, "home": fault.NameTaken, "a\u200bb": fault.BadName} {
		f := field(t, w, text.T("import.name.key"))
		f.SetText(name)
		press(t, w, "Import")
		what, _ := text.FaultOf(fault.New(kind, identity.Public{Name: name}.Name, nil))
		if len(d.taken) > 0 {
			t.Fatalf("%q was taken", name)
		}
		if kind != fault.NameTaken {
			wants(t, w, what)
		}
		if w.Canvas().Focused() != fyne.Focusable(f) {
			t.Errorf("%q: the keyboard is not on the name", name)
		}
	}
}

func TestImportThatFails(t *testing.T) {
	full := fault.New(fault.NoSpace, "", nil)
	d := &desk{refuse: full, reads: reads("card", card(person("Ana", "ana")))}
	s, w := stand(t, d)
	s.Drop([]string{"/card"})
	press(t, w, "Import")
	what, do := text.FaultOf(full)
	wants(t, w, what, do)
	d.refuse = nil
	press(t, w, "Import") // contacts can be tried again
	wants(t, w, "1 contact was imported.")

	d = &desk{refuse: full, reads: reads("key", privateKey(identity.AgeIdentity, "Work", false))}
	s, w = stand(t, d)
	s.Drop([]string{"/key"})
	press(t, w, "Import")
	wants(t, w, what, "Import something else") // the key is wiped
}

func TestTenThousandKeysInAFile(t *testing.T) {
	var many []identity.Contact
	for i := range 10_000 {
		many = append(many, person(fmt.Sprint("Key ", i+1), fmt.Sprint(i)))
	}
	d := &desk{reads: reads("recipients.txt", card(many...))}
	s, w := stand(t, d)
	s.Drop([]string{"/recipients.txt"})
	wants(t, w, "10,000 contacts are new.", "Key 100\n", "and 9,900 more")
	lacks(t, w, "Key 101\n")
	press(t, w, "Import")
	if len(d.contacts) != 10_000 {
		t.Errorf("%d contacts", len(d.contacts))
	}
	wants(t, w, "10,000 contacts were imported.", "compare safety words with each of them")
}

func TestLockWhileTaking(t *testing.T) {
	q, begun, goOn := live(t), make(chan bool), make(chan bool)
	d := &slowTake{desk: &desk{fake: &fake{}, reads: reads("card", card(person("Ana", "ana")))}, begun: begun, goOn: goOn}
	s, w := stand(t, d.desk)
	s.engine = d
	s.importFrom([]string{"/card"})
	q.until(shows(w, "Import"))
	q.until(func() bool { return !s.importing.busy })
	press(t, w, "Import")
	<-begun
	wants(t, w, "Saving it in your keyring")
	lacks(t, w, "Cancel") // it is too late for that
	widget.DismissAll(w.Canvas())
	goOn <- true
	q.until(func() bool { return !s.importing.busy })
	if len(s.importing.sources) > 0 || w.Canvas().Overlays().Top() != nil {
		t.Error("something lies over the lock, or is left")
	}
}

// slowTake takes in when it is told.
type slowTake struct {
	*desk
	begun, goOn chan bool
}

func (d *slowTake) Take(ctx context.Context, in *engine.Incoming) error {
	d.begun <- true
	<-d.goOn
	return d.desk.Take(ctx, in)
}
