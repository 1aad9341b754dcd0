//go:build goexperiment.runtimesecret && (amd64 || arm64) && !race

// Not under the race detector, which would spend minutes on every byte scanned.

package session

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// needle is a piece of a secret. The test knows it only masked, so that its own
// memory holds no copy.
type needle struct {
	name         string
	masked, mask [pieceSize]byte
}

const pieceSize = 12 // bytes; too long to meet by chance

// haystack looks for all needles in one pass.
type haystack struct {
	needles []needle
	starts  [1 << 16][]int // by their first two bytes
}

// add cuts text, guarded bytes, into pieces.
func (h *haystack) add(name string, text []byte) {
	secret.Do(func() {
		for at := 0; at+pieceSize <= len(text); at += pieceSize {
			n := needle{name: name}
			rand.Read(n.mask[:])
			for i := range n.masked {
				n.masked[i] = text[at+i] ^ n.mask[i]
			}
			start := int(text[at])<<8 | int(text[at+1])
			h.starts[start] = append(h.starts[start], len(h.needles))
			h.needles = append(h.needles, n)
		}
	})
}

func (n *needle) at(b []byte) bool {
	for i := range n.masked {
		if b[i]^n.mask[i] != n.masked[i] {
			return false
		}
	}
	return true
}

func (h *haystack) count(b []byte, hits map[string]int) {
	for at := 0; at+pieceSize <= len(b); at++ {
		for _, i := range h.starts[int(b[at])<<8|int(b[at+1])] {
			if h.needles[i].at(b[at:]) {
				hits[h.needles[i].name]++
			}
		}
	}
}

// scan reads all memory of this process the way another one would, and counts
// what it finds. Mappings above 1 GiB are the race detector's.
func (h *haystack) scan(t *testing.T) map[string]int {
	t.Helper()
	mem := must(os.Open("/proc/self/mem"))
	defer mem.Close()
	maps := must(os.Open("/proc/self/maps"))
	defer maps.Close()
	const window = 1 << 20
	hits := make(map[string]int)
	lines := bufio.NewScanner(maps)
	var list [][2]int64
	for lines.Scan() {
		var from, to int64
		var perms string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &perms); err != nil {
			continue // above 2^63
		}
		if perms[0] == 'r' && to-from <= 1<<30 && !strings.Contains(lines.Text(), "[v") {
			list = append(list, [2]int64{from, to})
		}
	}
	own := must(unix.Mmap(-1, 0, window+pieceSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON))
	defer unix.Munmap(own)
	for _, m := range list {
		for at := m[0]; at < m[1]; at += window {
			n, _ := mem.ReadAt(own[:min(window+pieceSize, m[1]-at)], at) // what went away reads short
			h.count(own[:n], hits)
		}
	}
	clear(own)
	return hits
}

// addKey takes the private text of a key pair and the bytes it stands for.
func (h *haystack) addKey(t *testing.T, k *identity.KeyPair) {
	t.Helper()
	text := must(k.MarshalIdentity())
	defer text.Destroy()
	for line := range bytes.Lines(text.Bytes()) {
		line = bytes.TrimSpace(line)
		if !bytes.HasPrefix(line, []byte("AGE-SECRET-KEY-")) {
			continue
		}
		data := line[bytes.LastIndexByte(line, '1')+1:]
		h.add("text", data)
		raw := secret.New(32)
		secret.Do(func() { fromBech32(raw.Bytes(), data) })
		h.add("raw", raw.Bytes())
		raw.Destroy()
	}
	secret.Settle()
}

func fromBech32(dst, data []byte) {
	const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	bits, held, n := 0, 0, 0
	for _, letter := range data[:52] {
		bits, held = bits<<5|strings.IndexByte(alphabet, letter), held+5
		if held >= 8 && n < len(dst) {
			held -= 8
			dst[n] = byte(bits >> held)
			n++
			bits &= 1<<held - 1
		}
	}
}

// passphrase draws one that was never anywhere else.
func passphrase() *secret.Buffer {
	b := secret.New(2 * pieceSize)
	secret.Do(func() {
		rand.Read(b.Bytes())
		for i, c := range b.Bytes() {
			b.Bytes()[i] = 'a' + c%26
		}
	})
	return b
}

func (h *haystack) expect(t *testing.T, when string, want ...string) {
	t.Helper()
	secret.Settle()
	hits := h.scan(t)
	for _, name := range []string{"passphrase", "raw", "text", "session key", "mark key", "state"} {
		wanted := false
		for _, w := range want {
			wanted = wanted || w == name
		}
		if wanted && hits[name] == 0 {
			t.Fatalf("%s: the scan is blind to the %s", when, name)
		}
		if !wanted && hits[name] > 0 {
			t.Errorf("%s: %d pieces of the %s", when, hits[name], name)
		}
	}
	t.Logf("%s: %v", when, hits)
}

// addState takes what the sealed state is sealed with.
func (h *haystack) addState(s *Session) {
	keys := s.notes().keys
	for name, key := range map[string]*secret.Key{"session key": keys.session, "mark key": keys.mark} {
		if err := key.Open(func(b []byte) error { h.add(name, b); return nil }); err != nil {
			panic(err)
		}
	}
}

// The sealed state: its keys are plain only while something is sealed, and what
// it holds is plain only while unlocked.
func TestMemoryForgetsTheState(t *testing.T) {
	clock := &fakeClock{}
	s := openOn(t, t.TempDir(), Options{Clock: clock, Rekey: 3})
	if err := s.Create(ctx, "Ana", passphrase(), nil); err != nil {
		t.Fatal(err)
	}
	h := &haystack{}
	h.addState(s)
	names := passphrase()
	h.add("state", names.Bytes())
	s.Put("files", names.Bytes())
	names.Destroy()
	clock.pass(writeDelay)
	h.expect(t, "written", "state")
	held := secret.New(keySize)
	if err := s.notes().keys.session.Open(func(b []byte) error { copy(held.Bytes(), b); return nil }); err != nil {
		t.Fatal(err)
	}
	h.expect(t, "the session key held", "state", "session key")
	held.Destroy()
	for i := range 5 { // and under other keys
		s.Put("other", []byte{byte(i)})
		clock.pass(writeDelay)
		if i%3 == 0 {
			h.addState(s)
		}
	}
	ring := must(s.Keyring())
	n := reread(s.disk, ring)
	h.expect(t, "read by an unlock", "state")
	n.discard()
	s.Put("other", []byte("to be sealed by the lock"))
	s.Lock()
	s.disk.settled()
	h.expect(t, "locked")
}

// reread reads the state back as the next unlock would.
func reread(d *disk, ring *keyring.Keyring) *notes {
	n, problem := d.load(ring.Derive)
	if problem != nil {
		panic(problem)
	}
	return n
}

// What is unlocked and idle, and what is locked, holds no plain copy of the
// passphrase or of a private key. What is in use is found: that is the
// positive control.
func TestMemoryForgets(t *testing.T) {
	s := open(t, t.TempDir())
	h := &haystack{}
	pass := passphrase()
	h.add("passphrase", pass.Bytes())
	later := pass.Clone()
	if err := s.Create(ctx, "Ana", pass.Clone(), nil); err != nil {
		t.Fatal(err)
	}
	pass.Destroy()
	h.addKey(t, must(s.Keyring()).Keys()[0])
	h.expect(t, "created, the passphrase still held", "passphrase")
	second := later.Clone()
	later.Destroy()
	sealed := secret.Seal(second)
	h.expect(t, "created and idle")

	ana := must(s.Keyring()).Keys()[0].Public()
	files := [][]byte{encrypt(t, ana.Recipient), encrypt(t, ana.Classic)}
	lease := must(s.Lease())
	for range 5 {
		for _, file := range files {
			if err := opens(file, lease); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.expect(t, "a lease held", "raw")
	lease.Close()
	h.expect(t, "the lease closed")

	text := must(must(s.Keyring()).Keys()[0].MarshalIdentity())
	h.expect(t, "an export held", "text")
	text.Destroy()
	if _, err := identity.MarshalCard(must(s.Keyring()).Keys()[0]); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := must(s.Keyring()).Save(); err != nil {
			t.Fatal(err)
		}
	}
	h.expect(t, "saved and idle")

	lease = must(s.Lease())
	s.Lock()
	h.expect(t, "locked, with a lease still out")
	lease.Close()

	var again *secret.Buffer
	if err := sealed.Open(func(b []byte) error { again = secret.New(len(b)); copy(again.Bytes(), b); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Unlock(ctx, again); err != nil {
		t.Fatal(err)
	}
	h.expect(t, "unlocked and idle")
	s.Lock()
	h.expect(t, "locked")
}
