package transfer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

func TestMain(m *testing.M) {
	widget.KeepToasts()
	form.Away = func(work, done func()) { work(); done() }
	seek = func(func()) {}
	os.Exit(m.Run())
}

// fake is an engine with people, and exchanges that a real service makes.
type fake struct {
	keys     []identity.Public
	contacts []identity.Contact
	err      error
	ready    bool
	all      []*exchange.Exchange
	asked    []*exchange.Question
	did      []string
	kept     addresses
}

func (f *fake) Keys() []identity.Public      { return f.keys }
func (f *fake) Contacts() []identity.Contact { return f.contacts }
func (f *fake) SafetyWords(string, string) ([]string, error) {
	return strings.Fields("one two three four five six seven eight nine ten eleven twelve"), nil
}
func (f *fake) Ready(engine.Readiness) error { f.ready = f.err == nil; return f.err }
func (f *fake) NotReady()                    { f.ready = false }
func (f *fake) IsReady() ([]string, time.Time, bool) {
	if !f.ready {
		return nil, time.Time{}, false
	}
	return []string{"192.0.2.7:53917"}, time.Date(2026, 11, 26, 15, 20, 0, 0, time.Local), true
}
func (f *fake) Seek(context.Context, func(string, string)) error { return nil }
func (f *fake) Send(contact string, where func() []string, paths []string, _ time.Duration) (*exchange.Exchange, error) {
	f.did = append(f.did, "send "+filepath.Base(paths[0])+" to "+contact+" at "+strings.Join(where(), " "))
	return nil, f.err
}
func (f *fake) Exchanges() []*exchange.Exchange { return append([]*exchange.Exchange(nil), f.all...) }
func (f *fake) Questions() []*exchange.Question { return f.asked }
func (f *fake) Forget(x *exchange.Exchange)     { f.did = append(f.did, "forget"); f.all = nil }
func (f *fake) HostMeeting(context.Context, string) (*transfer.Host, error) {
	return nil, fault.New(fault.NoListen, "", nil)
}
func (f *fake) Meet(context.Context, string) (*transfer.Meeting, error) {
	return nil, fault.New(fault.Unreachable, "", nil)
}
func (f *fake) Hear(context.Context, *transfer.Meeting, [2]string) (identity.Contact, error) {
	return identity.Contact{}, fault.New(fault.WordsWrong, "", nil)
}
func (f *fake) Remember(_ string, v any) { f.kept = v.(addresses) }
func (f *fake) Recall(_ string, v any) bool {
	for id, at := range f.kept {
		(*v.(*addresses))[id] = at
	}
	return f.kept != nil
}

// stand is a window of a fake engine, in English.
func stand(t *testing.T, f *fake) fyne.Window {
	t.Helper()
	text.Use(text.English)
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(theme.Light))
	w := test.NewWindow(container.NewStack())
	w.Resize(fyne.NewSize(960, 640))
	t.Cleanup(w.Close)
	return w
}

func ben() identity.Contact {
	return identity.Contact{Name: "Ben", Signing: make([]byte, 32), Recipient: identity.Recipient{Kind: identity.X25519, Text: "age1ben"}}
}

// texts is everything that can be read on an object, in a line.
func texts(o fyne.CanvasObject) string {
	var all []string
	for _, c := range test.LaidOutObjects(o) {
		if t, ok := c.(*widget.Text); ok && t.Visible() {
			all = append(all, t.Content())
		}
	}
	return strings.Join(all, "|")
}

func top(t *testing.T, w fyne.Window) *widget.Sheet {
	t.Helper()
	s, ok := w.Canvas().Overlays().Top().(*widget.Sheet)
	if !ok {
		t.Fatal("no sheet is open")
	}
	return s
}

func TestReady(t *testing.T) {
	f := &fake{}
	w := stand(t, f)
	s := New(w, f, Desk{})
	w.SetContent(s.Content())
	test.Tap(s.ready.turn)
	if got := texts(s.Content()); !f.ready || !strings.Contains(got, "192.0.2.7:53917") || !strings.Contains(got, "15:20") {
		t.Errorf("ready %v: %s", f.ready, got)
	}
	test.Tap(s.ready.turn)
	if f.ready {
		t.Error("still ready")
	}
	f.err = fault.New(fault.NoListen, "", nil)
	test.Tap(s.ready.turn)
	if what, _ := text.FaultOf(f.err); !strings.Contains(texts(s.Content()), what) {
		t.Errorf("nothing is said about it: %s", texts(s.Content()))
	}
}

func TestSendSheet(t *testing.T) {
	f := &fake{contacts: []identity.Contact{ben(), {Name: "Bare key"}}, keys: []identity.Public{{ID: "me", Name: "Ada", Signing: make([]byte, 32)}}}
	w := stand(t, f)
	s := New(w, f, Desk{})
	w.SetContent(s.Content())
	began := 0
	open := func() *sending {
		p := &sending{}
		*p = *newSending(w, f, []string{"/x/letter.txt"}, "", func() { began++ })
		return p
	}
	p := open()
	if len(p.people) != 2 || p.people[0].name != "Ben" || !p.people[1].myself {
		t.Fatalf("people: %+v", p.people)
	}
	for _, step := range []struct {
		play func()
		says string
	}{
		{func() {}, text.T("transfer.send.choose")},
		{func() { p.choose(0) }, text.T("transfer.send.noaddress", "name", "Ben")},
		{func() { p.address.SetText("a b") }, func() string { what, _ := text.Fault(fault.New(fault.BadAddress, "", nil)); return what }()},
	} {
		step.play()
		p.run()
		if got := texts(top(t, w)); !strings.Contains(got, step.says) {
			t.Errorf("%q is not said: %s", step.says, got)
		}
	}
	if got := texts(top(t, w)); !strings.Contains(got, "twelve") {
		t.Errorf("no safety words of somebody who is not verified: %s", got)
	}
	p.address.SetText("192.0.2.9")
	p.run()
	want := "send letter.txt to " + ben().ID() + " at 192.0.2.9:53917"
	if len(f.did) != 1 || f.did[0] != want || began != 1 || w.Canvas().Overlays().Top() != nil {
		t.Errorf("did %q, began %d", f.did, began)
	}
	q := open()
	q.choose(0)
	if q.address.Text != "192.0.2.9:53917" {
		t.Errorf("the address that worked is %q", q.address.Text)
	}
	q.found.saw(ben().ID(), "192.0.2.10:1")
	q.suggest()
	if q.address.Text != "192.0.2.10:1" {
		t.Errorf("seen on the network, and it says %q", q.address.Text)
	}
}

func TestNobodyToSendTo(t *testing.T) {
	f := &fake{}
	w := stand(t, f)
	send(w, f, []string{"/x/a"}, func() {})
	if got := texts(top(t, w)); !strings.Contains(got, text.T("transfer.send.nobody")) {
		t.Errorf("%s", got)
	}
}

// service makes real exchanges: nobody answers at the addresses here.
func service(t *testing.T) (*exchange.Service, exchange.Sending, <-chan struct{}) {
	t.Helper()
	store := safefile.New("")
	news := make(chan struct{}, 64)
	s := exchange.New(store, t.TempDir(), func() { news <- struct{}{} })
	t.Cleanup(s.Close)
	k, err := identity.New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Destroy)
	key, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, exchange.Sending{Key: key, To: transfer.Peer{ID: "ben", Name: "Ben", Signing: k.Public().Signing}, For: k.Public().Recipient,
		Vault: blind{}, Paths: []string{path}, Where: func() []string { return []string{"127.0.0.1:1"} }}, news
}

// blind keeps nothing.
type blind struct{}

func (blind) Seal(*secret.Buffer) ([]byte, error) { return []byte("sealed"), nil }
func (blind) Open([]byte) (*secret.Buffer, error) {
	return nil, fault.New(fault.NoKey, "", nil)
}

func TestRowOfAFailure(t *testing.T) {
	svc, sending, news := service(t)
	x := svc.Send(sending)
	for x.Phase() != exchange.Over {
		<-news
	}
	f := &fake{all: []*exchange.Exchange{x}, contacts: []identity.Contact{ben()}}
	w := stand(t, f)
	s := New(w, f, Desk{})
	w.SetContent(s.Content())
	what, _ := text.Fault(fault.New(fault.Unreachable, "", nil))
	if got := texts(s.Content()); !strings.Contains(got, "letter.txt") || !strings.Contains(got, what) {
		t.Errorf("%s", got)
	}
	s.act(x)
	if got := texts(top(t, w)); !strings.Contains(got, text.T("transfer.send.title")) || len(f.did) != 0 {
		t.Errorf("another try that may not come: %q, %s", f.did, got)
	}
}

// TestRowOfAContactCard: what belongs to another screen is taken there.
func TestRowOfAContactCard(t *testing.T) {
	from, sending, _ := service(t)
	to, other, news := service(t)
	folder, ada := t.TempDir(), transfer.Peer{ID: "ada", Name: "Ada", Signing: sending.To.Signing}
	err := to.Ready(exchange.Readiness{Key: other.Key, Address: "127.0.0.1:0",
		Peers: func() []transfer.Peer { return []transfer.Peer{ada} },
		Agree: func(context.Context, transfer.Peer, *transfer.Offer) (string, error, bool) { return folder, nil, true }})
	if err != nil {
		t.Fatal(err)
	}
	at, _, _ := to.IsReady()
	sending.To, sending.Where = other.To, func() []string { return []string{at.String()} }
	if err := os.WriteFile(sending.Paths[0], []byte("# CryptoDesk contact card v1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := from.Send(sending)
	<-sent.Done()
	if !arrived(sent) {
		t.Fatal(reason(sent))
	}
	for len(to.Exchanges()) == 0 || to.Exchanges()[0].Phase() != exchange.Over {
		<-news
	}
	x := to.Exchanges()[0]
	var opened string
	f := &fake{all: []*exchange.Exchange{x}}
	w := stand(t, f)
	s := New(w, f, Desk{Open: func(path string) { opened = path }})
	w.SetContent(s.Content())
	if got := faceOf(x); got.button != text.T("transfer.row.open") || got.first != text.T("transfer.row.paper", "name", "Ada") {
		t.Errorf("%+v", got)
	}
	s.act(x)
	if opened != filepath.Join(folder, "letter.txt") {
		t.Errorf("opened %q", opened)
	}
}

func TestMeetingSaysWhatIsWrong(t *testing.T) {
	f := &fake{}
	w := stand(t, f)
	meet(w, f)
	if got := texts(top(t, w)); !strings.Contains(got, form.Sentence(fault.New(fault.NoListen, "", nil))) {
		t.Errorf("that nobody can come is not said: %s", got)
	}
}
