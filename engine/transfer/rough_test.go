package transfer

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

// TestALedgerThatACrashCut: what is written after a cut line can be read.
func TestALedgerThatACrashCut(t *testing.T) {
	ben, ana := newPerson(t, "Ben"), newPerson(t, "Ana")
	d := newDesk(t, ben, ana)
	o := &Offer{ID: NewID(), Entries: make([]Entry, 3)}
	var digest [32]byte
	line := func(n ledgerLine, torn string) {
		t.Helper()
		l, err := d.inbox.begin(ana.peer, o, digest, d.folder)
		if err != nil {
			t.Fatal(err)
		}
		defer l.leave()
		if err := l.write(n); err != nil {
			t.Fatal(err)
		}
		if _, err := l.file.WriteString(torn); err != nil {
			t.Fatal(err)
		}
	}
	line(ledgerLine{Entry: 0, Stored: true}, `{"entry":1,"sy`)
	line(ledgerLine{Entry: 1, Stored: true}, "")
	line(ledgerLine{Entry: 2, Synced: 5}, "")
	l, err := d.inbox.begin(ana.peer, o, digest, d.folder)
	if err != nil {
		t.Fatal(err)
	}
	defer l.leave()
	if !l.done[0] || !l.done[1] || l.parts[2] != 5 {
		t.Errorf("stored %v, in part %v", l.done, l.parts)
	}
}

// TestACrashAfterTheName: a file that has its name, although the ledger does not know, does not come a second time.
func TestACrashAfterTheName(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	small, _, p := halfSent(t, ana, d)
	ledgers := left(t, filepath.Join(d.profile, "transfer"))
	path := filepath.Join(d.profile, "transfer", ledgers[0])
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Replace(string(text), `{"entry":0,"stored":true}`+"\n", "", 1)
	if before == string(text) {
		t.Fatalf("nothing was stored: %s", text)
	}
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}

	ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), ch, p, quiet); err != nil {
		t.Fatal(err)
	}
	if got := <-d.done; got.err != nil || len(got.names) != 2 {
		t.Fatalf("%+v", got)
	}
	if n := left(t, d.folder); len(n) != 2 {
		t.Errorf("in the folder: %q", n)
	}
	same(t, small, filepath.Join(d.folder, "small.age"))
}

// TestALinkWhereAPartLies: what somebody else calls by that name too is not written to.
func TestALinkWhereAPartLies(t *testing.T) {
	for kind, link := range map[string]func(old, new string) error{"hard": os.Link, "symbolic": os.Symlink} {
		ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
		d := newDesk(t, ben, ana)
		path, victim := filepath.Join(t.TempDir(), "a.age"), filepath.Join(d.folder, "precious")
		ageFile(t, path, 1<<20, ben.pair.Public().Recipient)
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := parcel(t, ben.peer, path)
		part := (&ledger{name: peerTag(ana.peer) + "-" + p.Offer.ID}).partName(0)
		if err := link(victim, filepath.Join(d.folder, part)); err != nil {
			t.Fatal(err)
		}
		ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
		if err != nil {
			t.Fatal(err)
		}
		if err := Send(t.Context(), ch, p, quiet); fault.Of(err) != fault.PeerFailed {
			t.Errorf("%s link: %v", kind, err)
		}
		if got := <-d.done; fault.Of(got.err) != fault.Busy {
			t.Errorf("%s link: %v", kind, got.err)
		}
		if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
			t.Errorf("%s link: the other file is %d bytes now: %v", kind, len(text), err)
		}
	}
}

// TestEntriesAreReadNoFurther: millions fit into the bytes of an offer.
func TestEntriesAreReadNoFurther(t *testing.T) {
	var o Offer
	raw := []byte(`{"entries":[{}` + strings.Repeat(",{}", 2<<20) + `]}`)
	if err := decode(raw, &o); fault.Of(err) != fault.OfferBad || len(o.Entries) > MaxEntries {
		t.Errorf("%d entries, %v", len(o.Entries), err)
	}
	if err := decode([]byte(`{"entries":[{"size":1,"more":2}]}`), &o); fault.Of(err) != fault.OfferBad {
		t.Errorf("an unknown field of an entry: %v", err)
	}
}

// TestDialGivesUpAtOnce: a listener that says nothing after the handshake holds nobody.
func TestDialGivesUpAtOnce(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	l, err := tls.Listen("tcp", "127.0.0.1:0", config(ben.me, protocol, func(ed25519.PublicKey) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if c.(*tls.Conn).Handshake() == nil {
			cancel(ErrLater)
			_, _ = c.Read(make([]byte, 1)) // until the dialer left
		}
	}()
	was := handshakeTimeout
	handshakeTimeout = time.Hour
	defer func() { handshakeTimeout = was }()
	if _, err := Dial(ctx, l.Addr().String(), ana.me, ben.peer); fault.Of(err) != fault.Cancelled || !errors.Is(err, ErrLater) {
		t.Errorf("%v", err)
	}
}
