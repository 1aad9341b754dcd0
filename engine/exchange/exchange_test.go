package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// person is one profile in a test, whose service can be closed and begun anew.
type person struct {
	t    *testing.T
	pair *identity.KeyPair
	home string
	news chan struct{}
	*Service
}

func newPerson(t *testing.T, name string) *person {
	t.Helper()
	k, err := identity.New(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Destroy)
	p := &person{t: t, pair: k, home: t.TempDir()}
	p.begin()
	return p
}

func (p *person) begin() {
	store := safefile.New(filepath.Join(p.home, "journal"))
	news := make(chan struct{}, 1)
	p.news = news
	p.Service = New(store, p.home, func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	p.t.Cleanup(func() { p.Close(); store.Close() })
}

func (p *person) peer() transfer.Peer {
	q := p.pair.Public()
	return transfer.Peer{ID: q.ID, Name: q.Name, Signing: q.Signing}
}

func (p *person) key() Key {
	p.t.Helper()
	k, err := p.pair.Signer()
	if err != nil {
		p.t.Fatal(err)
	}
	return k
}

// until waits for something to be so.
func (p *person) until(is func() bool) {
	for !is() {
		<-p.news
	}
}

// Seal and Open make the person their own vault.
func (p *person) Seal(plain *secret.Buffer) ([]byte, error) {
	to, err := p.pair.Public().Recipient.Age(nil)
	if err != nil {
		return nil, err
	}
	return agefile.SealBytes(plain, to)
}

func (p *person) Open(raw []byte) (*secret.Buffer, error) {
	o, err := identity.Open(p.pair)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	var ids []age.Identity = o.Identities()
	return agefile.OpenBytes(context.Background(), raw, ids, len(raw))
}

func (p *person) ready(from *person, folder string, agree bool) string {
	p.t.Helper()
	r := Readiness{Key: p.key(), Address: "127.0.0.1:0", Peers: func() []transfer.Peer { return []transfer.Peer{from.peer()} }}
	if agree {
		r.Trusted = func(transfer.Peer) (string, bool) { return folder, true }
	}
	if err := p.Ready(r); err != nil {
		p.t.Fatal(err)
	}
	at, _, _ := p.IsReady()
	return at.String()
}

func (p *person) send(to *person, at string, paths ...string) *Exchange {
	return p.Send(Sending{Key: p.key(), To: to.peer(), For: to.pair.Public().Recipient, Vault: p, Paths: paths, Where: func() []string { return []string{at} }})
}

func write(t *testing.T, path string, size int) []byte {
	t.Helper()
	b := make([]byte, size)
	rand.Read(b)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestAskedAndAnswered(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	folder := t.TempDir()
	at := ben.ready(ana, folder, false)
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, 1000)
	x := ana.send(ben, at, path)
	ben.until(func() bool { return len(ben.Questions()) == 1 })
	q := ben.Questions()[0]
	if q.From.Name != "Ana" || q.Offer.Entries[0].Name != "a.txt.age" || len(ben.Exchanges()) != 0 {
		t.Errorf("asked %+v; exchanges %v", q.Offer, ben.Exchanges())
	}
	q.Answer(Accept, folder)
	q.Answer(Decline, "") // too late
	<-x.Done()
	if r := x.Row(0); r.State != job.Done {
		t.Fatalf("%+v %v", r, x.Err())
	}
	ben.until(func() bool { return len(ben.Exchanges()) == 1 && ben.Exchanges()[0].Phase() == Over })
	if r := ben.Exchanges()[0].Row(0); r.Out != filepath.Join(folder, "a.txt.age") || len(ben.Questions()) != 0 {
		t.Errorf("received %+v", r)
	}
	if n := names(t, filepath.Join(ana.home, "outbox")); len(n) != 0 {
		t.Errorf("left in the outbox: %q", n)
	}
}

func TestBlocked(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	at := ben.ready(ana, "", false)
	path := filepath.Join(t.TempDir(), "a.txt")
	write(t, path, 10)
	x := ana.send(ben, at, path)
	ben.until(func() bool { return len(ben.Questions()) == 1 })
	ben.Questions()[0].Answer(Block, "")
	<-x.Done()
	if err := x.Row(0).Err; err == nil || err.Kind != fault.Declined {
		t.Errorf("blocked: %v", err)
	}
	if n := names(t, filepath.Join(ana.home, "outbox")); len(n) != 0 {
		t.Errorf("left in the outbox: %q", n)
	}
}

// TestGoesOnInAnotherRun: the sender's program ends while the receiver thinks it over; what
// it sends when it runs again is the same parcel.
func TestGoesOnInAnotherRun(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	folder := t.TempDir()
	at := ben.ready(ana, folder, false)
	path := filepath.Join(t.TempDir(), "large")
	want := write(t, path, 4<<20)
	ana.send(ben, at, path)
	ben.until(func() bool { return len(ben.Questions()) == 1 })
	first := ben.Questions()[0].Offer.ID
	ana.Close()
	ben.until(func() bool { return len(ben.Questions()) == 0 })
	if n := names(t, filepath.Join(ana.home, "outbox")); len(n) != 1 {
		t.Fatalf("outbox: %q", n)
	}

	ana.begin()
	at = ben.ready(ana, folder, true) // it was not taken, so Ben's program is quiet about Ana for a while
	ben.inbox = transfer.NewInbox(ben.store, filepath.Join(ben.home, "inbox"))
	x := ana.send(ben, at, path)
	<-x.Done()
	if r := x.Row(0); r.State != job.Done {
		t.Fatalf("%+v", r)
	}
	ben.until(func() bool { return len(ben.Exchanges()) == 1 && ben.Exchanges()[0].Phase() == Over })
	if again := ben.Exchanges()[0].ID; again != first {
		t.Error("it was encrypted and offered anew")
	}
	got, err := os.ReadFile(filepath.Join(folder, "large.age"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ben.Open(got)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Destroy()
	if !bytes.Equal(want, plain.Bytes()) {
		t.Errorf("%d bytes arrived", plain.Len())
	}
}

func TestAChangedOriginalIsSentAnew(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, 10)
	opt := Sending{To: ben.peer(), For: ben.pair.Public().Recipient, Vault: ana, Paths: []string{path}}
	first, dir, err := ana.pack(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	same, _, err := ana.pack(t.Context(), opt)
	if err != nil || same.Offer.ID != first.Offer.ID {
		t.Errorf("the same again is another offer: %v", err)
	}
	write(t, path, 11)
	other, _, err := ana.pack(t.Context(), opt)
	if err != nil || other.Offer.ID == first.Offer.ID {
		t.Errorf("another size is the same offer: %v", err)
	}
	if err := os.Chtimes(dir, time.Time{}, time.Now().Add(-8*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	ana.Sweep(time.Now())
	if n := names(t, filepath.Join(ana.home, "outbox")); len(n) != 1 {
		t.Errorf("after a sweep: %q", n)
	}
}

func TestReadinessEnds(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	if err := ben.Ready(Readiness{Key: ben.key(), Address: "127.0.0.1:0", Until: time.Now(), Peers: func() []transfer.Peer { return nil }}); err != nil {
		t.Fatal(err)
	}
	ben.until(func() bool { _, _, on := ben.IsReady(); return !on })
	at := ben.ready(ana, t.TempDir(), true)
	ben.NotReady()
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, 10)
	x := ana.send(ben, at, path)
	<-x.Done()
	if err := x.Row(0).Err; err == nil || err.Kind != fault.Unreachable {
		t.Errorf("not ready any more: %v", err)
	}
}

// TestManyAtOnce: several exchanges of one contact go side by side.
func TestManyAtOnce(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	folder := t.TempDir()
	at := ben.ready(ana, folder, true)
	var all sync.WaitGroup
	for i := range 3 {
		path := filepath.Join(t.TempDir(), string(rune('a'+i)))
		write(t, path, 2<<20)
		all.Go(func() {
			x := ana.send(ben, at, path)
			<-x.Done()
			if r := x.Row(0); r.State != job.Done {
				t.Errorf("%+v", r)
			}
		})
	}
	all.Wait()
	if n := names(t, folder); len(n) != 3 {
		t.Errorf("in the folder: %q", n)
	}
}

func TestAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"192.168.0.12": "192.168.0.12:53917", "192.168.0.12:80": "192.168.0.12:80", " host ": "host:53917", "fe80::1": "[fe80::1]:53917",
		"[fe80::1]:9": "[fe80::1]:9", "": "", "a b": "", "host:0": "", "host:65536": "", "host:x": "", "a/b": "", "u@h": "", ":5": "", "1:2:3": "",
	} {
		got, err := ParseAddress(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}
