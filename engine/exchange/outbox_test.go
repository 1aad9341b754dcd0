package exchange

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// TestTheEndOfTheProgramKeepsTheParcel: nobody answers yet when the sender's program ends.
func TestTheEndOfTheProgramKeepsTheParcel(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan net.Conn, 1)
	go func() {
		c, err := mute.Accept()
		if err == nil {
			came <- c // and nothing is said on it
		}
	}()
	t.Cleanup(func() { mute.Close() })
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, 1000)
	x := ana.send(ben, mute.Addr().String(), path)
	defer (<-came).Close()
	ana.Close()
	<-x.Done()
	if n := names(t, filepath.Join(ana.home, "outbox")); len(n) != 1 {
		t.Errorf("outbox after the end of the program: %q", n)
	}
}

// TestWhoHasNotNoticedIsTriedAgain: the receiver still holds the connection that broke
// when the sender comes back.
func TestWhoHasNotNoticedIsTriedAgain(t *testing.T) {
	x := &Exchange{changed: func() {}}
	busy := fault.New(fault.PeerBusy, "", nil)
	if x.again(busy) {
		t.Error("somebody who is busy is nagged")
	}
	x.interrupted(fault.New(fault.Disconnected, "", nil))
	if !x.again(busy) {
		t.Error("after a broken connection nobody comes back")
	}
}

// TestThePaperOfAnEscrow: a request goes as the text it is, a deposit as the age file it
// is, whatever else this program knows them as.
func TestThePaperOfAnEscrow(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	dir := t.TempDir()
	request, deposit := filepath.Join(dir, "Ana"), filepath.Join(dir, "Ana.deposit.age")
	text := "# CryptoDesk release request v1\nid: x\n"
	if err := os.WriteFile(request, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed, err := ben.Seal(secret.Take([]byte("keys")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(deposit, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	p, _, err := ana.pack(t.Context(), Sending{To: ben.peer(), For: ben.pair.Public().Recipient, Vault: ana, Paths: []string{deposit, request}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []transfer.Entry{{Sort: transfer.File, Name: "Ana.deposit.age", Size: int64(len(sealed))},
		{Sort: transfer.Paper, Name: "Ana.txt", Size: int64(len(text))}} {
		if e := p.Offer.Entries[i]; e.Sort != want.Sort || e.Name != want.Name || e.Size != want.Size {
			t.Errorf("goes as %+v, want %+v", e, want)
		}
	}
}

// TestWhatIsFoundInTheOutbox: nothing that changed behind a link, that is not whole, or
// that is on its way.
func TestWhatIsFoundInTheOutbox(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	write(t, filepath.Join(dir, "old"), 100)
	write(t, filepath.Join(dir, "new"), 200)
	if err := os.Symlink("old", link); err != nil {
		t.Fatal(err)
	}
	opt := Sending{To: ben.peer(), For: ben.pair.Public().Recipient, Vault: ana, Paths: []string{link}}
	pack := func() (*transfer.Parcel, string) {
		t.Helper()
		p, dir, err := ana.pack(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		return p, dir
	}
	first, place := pack()
	was, err := os.Stat(filepath.Join(dir, "old"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "old"), 300)
	changed, _ := pack()
	if changed.Offer.ID == first.Offer.ID {
		t.Error("what a link leads to changed, and the old copy is sent")
	}
	if err := os.WriteFile(filepath.Join(dir, "old"), make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "old"), time.Time{}, was.ModTime()); err != nil {
		t.Fatal(err)
	}
	if again, _ := pack(); again.Offer.ID != first.Offer.ID {
		t.Error("the same is not found again")
	}
	ana.box.take(place)
	again, other := pack()
	if again.Offer.ID == first.Offer.ID {
		t.Error("what is on its way is sent by two")
	}
	if err := os.RemoveAll(other); err != nil {
		t.Fatal(err)
	}
	ana.box.give(place)
	for _, path := range first.Paths {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	again, _ = pack()
	if _, err := os.Stat(again.Paths[0]); err != nil {
		t.Errorf("a parcel without its copies: %v", err)
	}
}

// TestTooManyAreRefusedFirst: nothing is looked at, let alone encrypted.
func TestTooManyAreRefusedFirst(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	opt := Sending{To: ben.peer(), For: ben.pair.Public().Recipient, Vault: ana, Paths: slices.Repeat([]string{"/nowhere/a"}, transfer.MaxEntries+1)}
	if _, _, err := ana.pack(t.Context(), opt); fault.Of(err) != fault.TooMany {
		t.Errorf("%v", err)
	}
}

// TestARenewedReadiness asks who may send, as of now.
func TestARenewedReadiness(t *testing.T) {
	ben := newPerson(t, "Ben")
	asked := 0
	ben.Renew() // nothing to renew
	err := ben.Ready(Readiness{Key: ben.key(), Address: "127.0.0.1:0", Peers: func() []transfer.Peer { asked++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	ben.Renew()
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
