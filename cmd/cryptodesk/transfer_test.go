package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

// introduce makes each of two people a contact of the other.
func introduce(t *testing.T, a, b *shell, nameA, nameB string) {
	t.Helper()
	for _, way := range []struct {
		from, to *shell
		name     string
	}{{a, b, nameA}, {b, a, nameB}} {
		card := way.from.try(nil, nil, "", "keys", "export", "--card", way.name)
		if card.kind != "" {
			t.Fatal(card.err)
		}
		path := filepath.Join(way.to.dir, way.name+".card.txt")
		if err := os.WriteFile(path, []byte(card.out), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := way.to.try(nil, nil, "", "contacts", "add", path); got.kind != "" {
			t.Fatal(got.err)
		}
	}
}

// freePort is an address on this computer that nobody listened at a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestSendReceive(t *testing.T) {
	ada, ben := newShell(t), newNamedShell(t, "Ben")
	introduce(t, ada, ben, "Ada", "Ben")
	text := []byte("for Ben alone\n")
	plain, folder := filepath.Join(ada.dir, "a b.txt"), filepath.Join(ada.dir, "many")
	if err := os.WriteFile(plain, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2"} {
		if err := os.WriteFile(filepath.Join(folder, name), bytes.Repeat([]byte(name), 1<<20), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := freePort(t)
	received := make(chan said, 1)
	go func() {
		received <- ben.try(nil, nil, "", "receive", "--listen", at, "--accept", "Ada", "--once", "--quiet", "-o", ben.dir)
	}()
	card := filepath.Join(ada.dir, "Ben.card.txt")
	if got := ada.try(nil, nil, "", "send", "-t", "ben", "--to", at, plain, folder, card); got.kind != "" {
		t.Fatalf("send: %s %s", got.kind, got.err)
	}
	if got := <-received; got.kind != "" {
		t.Fatalf("receive: %s %s", got.kind, got.err)
	}
	for _, name := range []string{"a b.txt.age", "many.tar.age"} {
		if got := ben.try(nil, nil, "", "decrypt", filepath.Join(ben.dir, name)); got.kind != "" {
			t.Fatalf("decrypt: %s", got.err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(ben.dir, "a b.txt")); err != nil || !bytes.Equal(got, text) {
		t.Errorf("a b.txt: %q, %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(ben.dir, "many", "2")); err != nil || len(got) != 1<<20 || got[9] != '2' {
		t.Errorf("many/2: %d bytes, %v", len(got), err)
	}
	if got, err := os.ReadFile(filepath.Join(ben.dir, "Ben.card.txt")); err != nil || !strings.Contains(string(got), "# name: Ben") {
		t.Errorf("the card: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(ada.home, "outbox")); len(left) != 0 {
		t.Errorf("left in the outbox: %v", left)
	}
}

func TestReceiveAsks(t *testing.T) {
	ada, ben := newShell(t), newNamedShell(t, "Ben")
	introduce(t, ada, ben, "Ada", "Ben")
	at := freePort(t)
	received := make(chan said, 1)
	go func() {
		received <- ben.try(nil, []string{"n"}, "", "receive", "--listen", at, "--for", "2s", "-o", t.TempDir())
	}()
	card := filepath.Join(ada.dir, "Ben.card.txt")
	if got := ada.try(nil, nil, "", "send", "-t", "Ben", "--to", at, card); got.kind != fault.Declined {
		t.Errorf("send: %s %s", got.kind, got.err)
	}
	if got := <-received; got.kind != "" || !strings.Contains(got.err, "Ada wants to send Ben.card.txt") {
		t.Errorf("receive: %s %q", got.kind, got.err)
	}
}

func TestSendUsage(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{{"send"}, {"send", s.dir}, {"send", "-t", "Ben", "--to", "a b", s.dir}, {"receive", "x"}} {
		if got := s.try(nil, nil, "", args...); got.kind.Exit() != 2 {
			t.Errorf("%q: %s", args, got.kind)
		}
	}
	if got := s.try(nil, nil, "", "send", "-t", "Nobody", "--to", "127.0.0.1", s.dir); got.kind != fault.NoContact {
		t.Errorf("nobody: %s", got.kind)
	}
}

// TestMeet: two people who have never seen a card of each other become verified contacts.
func TestMeet(t *testing.T) {
	ada, ben := newShell(t), newNamedShell(t, "Ben")
	host, err := ben.kept.HostMeeting(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	met := make(chan error, 1)
	say := make(chan [2]string, 1) // what Ben reads out
	heard := make(chan [2]string, 1)
	go func() {
		m, err := host.Wait(t.Context())
		if err != nil {
			met <- err
			return
		}
		say <- m.Say
		_, err = ben.kept.Hear(t.Context(), m, <-heard)
		met <- err
	}()
	m, err := ada.kept.Meet(t.Context(), host.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	heard <- m.Say
	if _, err := ada.kept.Hear(t.Context(), m, <-say); err != nil {
		t.Fatal(err)
	}
	if err := <-met; err != nil {
		t.Fatal(err)
	}
	for s, name := range map[*shell]string{ada: "Ben", ben: "Ada"} {
		if c, err := s.kept.Contact(name); err != nil || !c.Verified || c.Signing == nil {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}
