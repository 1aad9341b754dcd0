package transfer

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// person is one end in a test.
type person struct {
	me   *Me
	peer Peer // as the other side sees them
	pair *identity.KeyPair
}

func newPerson(t *testing.T, name string) person {
	t.Helper()
	k, err := identity.New(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.Signer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Destroy(); k.Destroy() })
	me, err := NewMe(s)
	if err != nil {
		t.Fatal(err)
	}
	return person{me: me, peer: Peer{ID: k.Public().ID, Name: name, Signing: k.Public().Signing}, pair: k}
}

func knows(people ...person) func(ed25519.PublicKey) (Peer, bool) {
	return func(key ed25519.PublicKey) (Peer, bool) {
		for _, p := range people {
			if key.Equal(p.peer.Signing) {
				return p.peer, true
			}
		}
		return Peer{}, false
	}
}

// ageFile writes an age file of about size bytes, and says what is in it.
func ageFile(t *testing.T, path string, size int, to identity.Recipient) []byte {
	t.Helper()
	plain := make([]byte, size)
	rand.Read(plain)
	r, err := to.Age(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// desk is a listening receiver.
type desk struct {
	person
	inbox   *Inbox
	folder  string
	profile string
	done    chan outcome
	consent Consent
	l       *Listener
}

type outcome struct {
	offer *Offer
	err   error
	names []string
}

func newDesk(t *testing.T, p person, known ...person) *desk {
	t.Helper()
	d := &desk{person: p, folder: t.TempDir(), profile: t.TempDir(), done: make(chan outcome, 64)}
	store := safefile.New(filepath.Join(d.profile, "journal"))
	t.Cleanup(func() { store.Close() })
	d.inbox = NewInbox(store, filepath.Join(d.profile, "transfer"))
	d.consent = func(context.Context, Peer, *Offer) (string, error) { return d.folder, nil }
	l, err := Listen(t.Context(), "127.0.0.1:0", p.me, knows(known...), func(ctx context.Context, ch *Channel) {
		var names []string
		o, err := d.inbox.Receive(ctx, ch, d.consent, Events{Agreed: func(*Offer) {}, Moved: func(_ *Offer, _ int, _ int64, name string) {
			if name != "" {
				names = append(names, name)
			}
		}})
		d.done <- outcome{o, err, names}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	d.l = l
	return d
}

func (d *desk) address() string { return d.l.Addr().String() }

func quiet(*Offer, int, int64, string) {}

func parcel(t *testing.T, to Peer, paths ...string) *Parcel {
	t.Helper()
	var pieces []Piece
	for _, path := range paths {
		pieces = append(pieces, Piece{Path: path, Sort: File})
	}
	p, err := Pack(to, pieces...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func same(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("%s is not %s: %d and %d bytes", b, a, len(y), len(x))
	}
}

// left lists what is in a folder, hidden files too.
func left(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFilesArrive(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	dir := t.TempDir()
	var paths []string
	for i, size := range []int{0, 1, 64 << 10, 3<<20 + 5} {
		path := filepath.Join(dir, string(rune('a'+i))+".age")
		ageFile(t, path, size, ben.pair.Public().Recipient)
		paths = append(paths, path)
	}
	ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), ch, parcel(t, ben.peer, paths...), quiet); err != nil {
		t.Fatal(err)
	}
	got := <-d.done
	if got.err != nil || len(got.names) != len(paths) {
		t.Fatalf("received %v, %v", got.names, got.err)
	}
	for i, path := range paths {
		same(t, path, got.names[i])
	}
	if n := left(t, d.folder); len(n) != len(paths) {
		t.Errorf("in the folder: %q", n)
	}
	if n := left(t, filepath.Join(d.profile, "transfer")); len(n) != 0 {
		t.Errorf("a ledger is left: %q", n)
	}
}

// cutter passes n bytes from the dialer on and then breaks the connection.
func cutter(t *testing.T, to string, n int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				return
			}
			all.Go(func() { copyN(in, out, -1) })
			all.Go(func() { copyN(out, in, n) })
		}
	})
	return l.Addr().String()
}

func copyN(dst, src net.Conn, n int64) {
	defer dst.Close()
	defer src.Close()
	buf := make([]byte, 16<<10)
	for n != 0 {
		size := len(buf)
		if n > 0 && n < int64(size) {
			size = int(n)
		}
		got, err := src.Read(buf[:size])
		if got > 0 {
			if _, werr := dst.Write(buf[:got]); werr != nil {
				return
			}
		}
		if n > 0 {
			n -= int64(got)
		}
		if err != nil {
			return
		}
	}
}

// halfSent sends a small file, which arrives, and a large one, in the middle of which the cable is cut.
func halfSent(t *testing.T, from person, d *desk) (small, large string, p *Parcel) {
	t.Helper()
	dir := t.TempDir()
	small, large = filepath.Join(dir, "small.age"), filepath.Join(dir, "large.age")
	ageFile(t, small, 1000, d.pair.Public().Recipient)
	ageFile(t, large, 9<<20, d.pair.Public().Recipient)
	p = parcel(t, d.peer, small, large)
	ch, err := Dial(t.Context(), cutter(t, d.address(), 5<<20), from.me, d.peer)
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), ch, p, quiet); fault.Of(err) != fault.Disconnected {
		t.Fatalf("cut: %v", err)
	}
	if got := <-d.done; fault.Of(got.err) != fault.Disconnected {
		t.Fatalf("cut: %v", got.err)
	}
	return small, large, p
}

func TestGoesOnWhereItStopped(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	asked := 0
	d.consent = func(context.Context, Peer, *Offer) (string, error) { asked++; return d.folder, nil }
	small, large, p := halfSent(t, ana, d)
	if n := left(t, d.folder); len(n) != 2 { // small.age, and a part
		t.Errorf("in the folder: %q", n)
	}

	var first int64 = -1
	ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
	if err != nil {
		t.Fatal(err)
	}
	err = Send(t.Context(), ch, p, func(_ *Offer, entry int, done int64, _ string) {
		if entry == 1 && first < 0 {
			first = done
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := <-d.done; got.err != nil {
		t.Fatal(got.err)
	}
	if first < 3<<20 {
		t.Errorf("went on at %d", first)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	same(t, small, filepath.Join(d.folder, "small.age"))
	same(t, large, filepath.Join(d.folder, "large.age"))
	if n := left(t, d.folder); len(n) != 2 {
		t.Errorf("in the folder: %q", n)
	}
}

func TestNo(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	d.consent = func(context.Context, Peer, *Offer) (string, error) { return "", fault.New(fault.Declined, "", nil) }
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 10, ben.pair.Public().Recipient)
	for _, want := range []fault.Kind{fault.Declined, fault.PeerBusy} { // the second time nobody is bothered
		ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
		if err != nil {
			t.Fatal(err)
		}
		if err := Send(t.Context(), ch, parcel(t, ben.peer, path), quiet); fault.Of(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
		<-d.done
	}
	if n := left(t, d.folder); len(n) != 0 {
		t.Errorf("in the folder: %q", n)
	}
}

func TestWrongPeople(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	d := newDesk(t, ben, ana)
	if _, err := Dial(t.Context(), d.address(), eve.me, ben.peer); fault.Of(err) != fault.PeerUnknown {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := Dial(t.Context(), d.address(), ana.me, eve.peer); fault.Of(err) != fault.PeerWrong {
		t.Errorf("somebody else answers: %v", err)
	}
	if _, err := Dial(t.Context(), "127.0.0.1:1", ana.me, ben.peer); fault.Of(err) != fault.Unreachable {
		t.Errorf("nobody there: %v", err)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 8<<20, ben.pair.Public().Recipient)
	for _, cause := range []error{nil, ErrLater} {
		d := newDesk(t, ben, ana)
		ctx, cancel := context.WithCancelCause(t.Context())
		ch, err := Dial(ctx, d.address(), ana.me, ben.peer)
		if err != nil {
			t.Fatal(err)
		}
		err = Send(ctx, ch, parcel(t, ben.peer, path), func(_ *Offer, _ int, done int64, _ string) {
			if done > 2<<20 {
				cancel(cause)
			}
		})
		if fault.Of(err) != fault.Cancelled {
			t.Errorf("sender: %v", err)
		}
		want, parts := fault.PeerCancelled, 0
		if cause != nil {
			want, parts = fault.PeerLeft, 1
		}
		if got := <-d.done; fault.Of(got.err) != want {
			t.Errorf("receiver: %v, want %s", got.err, want)
		}
		if n := left(t, d.folder); len(n) != parts {
			t.Errorf("in the folder: %q", n)
		}
	}
}
