package session

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// deriving is a keyring's Derive without a keyring.
func deriving(ring string) deriver {
	return func(label string) (*secret.Key, error) {
		key := sha256.Sum256([]byte(ring + "|" + label))
		return secret.Seal(secret.Take(key[:])), nil
	}
}

// program is one process that keeps the state of a profile.
type program struct {
	*disk
	clock *fakeClock
	*notes
	derive deriver
}

func start(t testing.TB, home, ring string, rekey uint64) *program {
	t.Helper()
	store := safefile.New(filepath.Join(home, "journal"))
	p := &program{clock: &fakeClock{}, derive: deriving(ring)}
	p.disk = newDisk(home, store, Options{Clock: p.clock, Rekey: rekey})
	t.Cleanup(func() {
		p.lock()
		p.disk.close()
		store.Close()
	})
	return p
}

// unlock answers what StateProblem would.
func (p *program) unlock() (problem error) {
	p.notes, problem = p.load(p.derive)
	return problem
}

func (p *program) lock() {
	p.notes.close()
	p.notes = nil
	p.settled()
}

// crash is the end of a process: nothing is written, locks are let go.
func (p *program) crash() {
	p.notes.discard()
	p.notes = nil
	p.disk.close()
}

func (p *program) files() (state, mark []byte) {
	return must(os.ReadFile(p.path)), must(os.ReadFile(p.markPath()))
}

// write puts something and lets it go to disk.
func (p *program) write(text string) {
	p.put("files", []byte(text))
	p.clock.pass(writeDelay)
}

func (p *program) expect(t *testing.T, when, want string) {
	t.Helper()
	if problem := p.unlock(); problem != nil {
		t.Fatalf("%s: %v", when, problem)
	}
	if got := string(p.get("files")); got != want {
		t.Errorf("%s: %q, want %q", when, got, want)
	}
}

func (p *program) refuses(t *testing.T, when string, kind fault.Kind) {
	t.Helper()
	problem := p.unlock()
	if fault.Of(problem) != kind {
		t.Errorf("%s: %v, want %v", when, problem, kind)
	}
	if p.notes == nil {
		t.Fatalf("%s: no state from now on", when)
	}
	if got := p.get("files"); got != nil {
		t.Errorf("%s: %q", when, got)
	}
}

func TestStateOutlivesLockRestartAndCrash(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.put("files", []byte("one"))
	p.put("empty", []byte{})
	if !absent(p.path) {
		t.Error("written before its time")
	}
	p.lock()
	if info := must(os.Stat(p.path)); info.Mode().Perm() != 0o600 {
		t.Errorf("%v", info.Mode())
	}
	p.expect(t, "after a lock", "one")
	if v := p.get("empty"); v == nil || len(v) != 0 {
		t.Errorf("%v", v)
	}
	p.put("empty", nil)
	p.write("two")
	p.crash()

	p = start(t, home, "ring", 99)
	p.expect(t, "after a crash", "two")
	if p.get("empty") != nil {
		t.Error("what was removed is back")
	}
	p.write("three")
	p.write("four")
	p.put("files", []byte("lost"))
	p.crash()

	p = start(t, home, "ring", 99)
	p.expect(t, "after another", "four")
	p.lock()
	p.disk.close()
	p = start(t, home, "ring", 99)
	p.expect(t, "after an end", "four")
	state, mark := p.files()
	for _, text := range []string{"four", "files"} {
		if bytes.Contains(state, []byte(text)) || bytes.Contains(mark, []byte(text)) {
			t.Errorf("%q in plain", text)
		}
	}
	// Unchanged it is not written again.
	p.put("files", []byte("four"))
	if p.clock.waiting() != 0 {
		t.Error("a write without a change")
	}
}

func TestWritesAreCoalesced(t *testing.T) {
	p := start(t, t.TempDir(), "ring", 99)
	p.expect(t, "first", "")
	for i := range 50 {
		p.put("files", fmt.Append(nil, i))
	}
	if p.clock.waiting() != 1 {
		t.Errorf("%d timers", p.clock.waiting())
	}
	p.clock.pass(writeDelay)
	if p.seq != 1 || p.clock.waiting() != 0 {
		t.Errorf("%d writes, %d timers", p.seq, p.clock.waiting())
	}
}

func TestStateTampered(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.write("one")
	p.lock()
	p.disk.close()
	state, mark := p.files()
	put := func(state, mark []byte) {
		t.Helper()
		for path, raw := range map[string][]byte{p.path: state, p.markPath(): mark} {
			os.Remove(path)
			if raw != nil {
				if err := os.WriteFile(path, raw, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	// examine is load without new keys: thousands of times.
	try := func(state, mark []byte) fault.Kind {
		t.Helper()
		put(state, mark)
		fresh := newDisk(home, p.store, Options{Clock: p.clock, Rekey: 99})
		old := must(newOpener(p.derive))
		defer old.destroy()
		f, refused, err := fresh.examine(old)
		if err != nil || (refused != nil) == (f.sections != nil) {
			t.Fatalf("%v, %v, %v", f, refused, err)
		}
		return fault.Of(refused)
	}
	if kind := try(state, mark); kind != "" {
		t.Fatalf("untouched: %v", kind)
	}
	for name, raw := range map[string][]byte{"state": state, "mark": mark} {
		for i := range raw {
			changed := bytes.Clone(raw)
			changed[i] ^= 1 << (i % 8)
			if name == "state" && !unseals(p, changed) && i > headerSize && i%97 != 0 {
				continue // on disk a few will do
			}
			files := [2][]byte{changed, mark}
			if name == "mark" {
				files = [2][]byte{state, changed}
			}
			kind := try(files[0], files[1])
			// In a version and in a key's ID a flip has a meaning of its own.
			if kind != fault.StateDamaged && (kind == "" || i >= len(stateLine)+idSize) {
				t.Errorf("byte %d of the %s: %q", i, name, kind)
			}
		}
		for n := range raw {
			if name == "state" && !unseals(p, raw[:n]) && n > headerSize && n%97 != 0 {
				continue
			}
			files := [2][]byte{raw[:n], mark}
			if name == "mark" {
				files = [2][]byte{state, raw[:n]}
			}
			if kind := try(files[0], files[1]); kind != fault.StateDamaged {
				t.Errorf("%d bytes of the %s: %q", n, name, kind)
			}
		}
	}
	for name, c := range map[string]struct {
		state, mark []byte
		kind        fault.Kind
	}{
		"no mark":       {state, nil, fault.StateOld},
		"no state":      {nil, mark, fault.StateOld},
		"a byte more":   {append(bytes.Clone(state), 0), mark, fault.StateDamaged},
		"a page more":   {append(bytes.Clone(state), make([]byte, padTo)...), mark, fault.StateDamaged},
		"too large":     {append(bytes.Clone(state), make([]byte, maxState)...), mark, fault.StateDamaged},
		"two marks":     {state, append(bytes.Clone(mark), mark...), fault.StateDamaged},
		"a later one":   {bytes.Replace(state, []byte("v1\n"), []byte("v2\n"), 1), mark, fault.TooNew},
		"a later mark":  {state, bytes.Replace(mark, []byte("v1\n"), []byte("v12\n"), 1), fault.TooNew},
		"version zero":  {bytes.Replace(state, []byte("v1\n"), []byte("v0\n"), 1), mark, fault.StateDamaged},
		"a huge number": {bytes.Replace(state, []byte("v1\n"), []byte("v99999999999\n"), 1), mark, fault.StateDamaged},
		"empty":         {[]byte{}, mark, fault.StateDamaged},
	} {
		if kind := try(c.state, c.mark); kind != c.kind {
			t.Errorf("%s: %q, want %q", name, kind, c.kind)
		}
	}
	if kind := try(nil, mark); kind == "" {
		t.Error("a vanished state is no news")
	}
	put(nil, nil)
	if err := os.Mkdir(p.path, 0o700); err != nil {
		t.Fatal(err)
	}
	p.refuses(t, "a folder in its place", fault.StateDamaged)
}

// unseals says whether a state opens at all.
func unseals(p *program, raw []byte) bool {
	old := must(newOpener(p.derive))
	defer old.destroy()
	_, _, err := old.state(bytes.Clone(raw))
	return err == nil
}

func TestRefusedStateIsPutAside(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.write("one")
	p.lock()
	p.disk.close()
	state, _ := p.files()
	state[len(state)-1] ^= 1
	if err := os.WriteFile(p.path, state, 0o600); err != nil {
		t.Fatal(err)
	}
	p = start(t, home, "ring", 99)
	p.refuses(t, "damaged", fault.StateDamaged)
	if got := must(os.ReadFile(p.refusedPath())); !bytes.Equal(got, state) {
		t.Error("it was not kept as it was")
	}
	p.crash()
	// Told once, and it goes on.
	p = start(t, home, "ring", 99)
	p.expect(t, "after that", "")
	p.write("two")
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "and on", "two")
}

func TestStateOfAnotherProfileOrPassphrase(t *testing.T) {
	homes := []string{t.TempDir(), t.TempDir()}
	for i, home := range homes {
		p := start(t, home, fmt.Sprint("ring", i), 99)
		p.expect(t, "first", "")
		p.write("mine")
		p.lock()
		p.disk.close()
	}
	for _, name := range []string{"session.state", "session.mark"} {
		a, b := filepath.Join(homes[0], name), filepath.Join(homes[1], name)
		if err := errors.Join(os.Rename(a, a+"x"), os.Rename(b, a), os.Rename(a+"x", b)); err != nil {
			t.Fatal(err)
		}
		if name == "session.state" {
			for i, home := range homes {
				old := must(newOpener(deriving(fmt.Sprint("ring", i))))
				d := newDisk(home, safefile.New(""), Options{})
				if _, refused, err := d.examine(old); err != nil || fault.Of(refused) != fault.StateForeign {
					t.Errorf("the state alone swapped: %v, %v", refused, err)
				}
				old.destroy()
			}
		}
	}
	for i, home := range homes {
		p := start(t, home, fmt.Sprint("ring", i), 99)
		p.refuses(t, "both swapped", fault.StateForeign)
	}
}

func TestRollback(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.write("one")
	p.lock()
	oldState, oldMark := p.files()
	p.expect(t, "between", "one")
	p.write("two")
	p.lock()
	state, mark := p.files()
	back := func(state, mark []byte) {
		if err := errors.Join(os.WriteFile(p.path, state, 0o600), os.WriteFile(p.markPath(), mark, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	// While the program runs, both together are noticed too.
	back(oldState, oldMark)
	p.refuses(t, "both, alive", fault.StateOld)
	p.crash()
	back(state, mark)
	p = start(t, home, "ring", 99)
	p.expect(t, "put back", "two")
	p.crash()
	back(oldState, mark)
	p = start(t, home, "ring", 99)
	p.refuses(t, "the state alone, after a restart", fault.StateOld)
	p.crash()
	back(state, oldMark)
	p = start(t, home, "ring", 99)
	p.refuses(t, "the mark alone, after a restart", fault.StateOld)
	p.crash()
	// What no mark can show: FORMATS.md says so.
	back(oldState, oldMark)
	p = start(t, home, "ring", 99)
	p.expect(t, "both, after a restart", "one")
	p.lock()
	if err := errors.Join(os.Remove(p.path), os.Remove(p.markPath())); err != nil {
		t.Fatal(err)
	}
	p.refuses(t, "both deleted, alive", fault.StateOld)
}

// A crash at any step of a write is no alarm, and one of the two states is there.
func TestCrashBetweenTheFiles(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.put("files", []byte("one"))
	f := must(p.freeze())
	p.publish(p.markPath(), f.before)
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "a mark before the first state", "")
	p.write("one")
	p.put("files", []byte("two"))
	f = must(p.freeze())
	p.publish(p.markPath(), f.before)
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "the mark of a state to come", "one")
	p.put("files", []byte("two"))
	f = must(p.freeze())
	p.publish(p.markPath(), f.before)
	p.publish(p.path, f.state)
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "not settled", "two")
	p.lock()
	if _, mark := p.files(); len(mark) != len(markLine)+idSize+1+entrySize+sha256.Size {
		t.Error("after a lock the mark allows more than one state")
	}
	// A lock while a write is on its way: its mark allows all three.
	p.expect(t, "locked", "two")
	p.put("files", []byte("three"))
	p.notes.mu.Lock()
	first := must(p.freeze())
	p.announce(first.entry)
	p.notes.mu.Unlock()
	p.put("files", []byte("four"))
	last := must(p.freeze())
	p.publish(p.markPath(), first.before)
	p.publish(p.path, first.state)
	p.publish(p.markPath(), last.before)
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "the last one never came", "three")
}

func TestDiskThatFails(t *testing.T) {
	home := t.TempDir()
	p := start(t, home, "ring", 99)
	p.expect(t, "first", "")
	p.write("one")
	if err := errors.Join(os.Remove(p.path), os.Mkdir(p.path, 0o700)); err != nil { // nothing can be written there
		t.Fatal(err)
	}
	p.write("two")
	if p.clock.waiting() != 1 {
		t.Fatal("a write that failed is not tried again")
	}
	if err := os.Remove(p.path); err != nil {
		t.Fatal(err)
	}
	p.clock.pass(retryDelay)
	if p.clock.waiting() != 0 {
		t.Error("and again")
	}
	p.crash()
	p = start(t, home, "ring", 99)
	p.expect(t, "later", "two")
}

func TestOneProgramHoldsTheState(t *testing.T) {
	home := t.TempDir()
	window, other := start(t, home, "ring", 99), start(t, home, "ring", 99)
	window.expect(t, "first", "")
	window.write("one")
	window.lock()
	before, _ := window.files()
	if problem := other.unlock(); fault.Of(problem) != fault.ProfileBusy || other.notes != nil {
		t.Errorf("%v", problem)
	}
	verb := start(t, home, "ring", 99)
	verb.none.Store(true)
	if problem := verb.unlock(); problem != nil || verb.notes != nil {
		t.Errorf("%v", problem)
	}
	if after, _ := window.files(); !bytes.Equal(before, after) {
		t.Error("somebody wrote")
	}
	window.expect(t, "still", "one")
	window.crash()
	other.expect(t, "the window is gone", "one")
}

// No two payloads are ever sealed with the same key and nonce, and no session
// key is used for more than so many.
func TestNoncesAndRekeying(t *testing.T) {
	home := t.TempDir()
	const limit = 5
	nonces, sessions := map[string]bool{}, map[string]int{}
	note := func(p *program) {
		state, _ := p.files()
		f := must(parseState(state))
		if nonces[string(f.nonce)] || nonces[string(f.wrapped[:wrapNonce])] && f.nonce[23] == 1 {
			t.Fatal("a nonce twice")
		}
		nonces[string(f.nonce)] = true
		sessions[string(f.label)+string(f.wrapped)]++
		if f.nonce[23] != byte(sessions[string(f.label)+string(f.wrapped)]) {
			t.Errorf("write %d has number %d", sessions[string(f.label)], f.nonce[23])
		}
	}
	for round := range 3 {
		p := start(t, home, "ring", limit)
		for again := range 2 {
			if problem := p.unlock(); problem != nil {
				t.Fatal(problem)
			}
			for i := range 2*limit + 2 {
				p.write(fmt.Sprint(round, again, i))
				note(p)
			}
			p.lock() // with a mark that is not settled: writes once more
			note(p)
		}
		p.disk.close()
	}
	if len(nonces) != 3*2*(2*limit+3) || len(sessions) != 3*2*3 {
		t.Errorf("%d nonces, %d session keys", len(nonces), len(sessions))
	}
	for id, n := range sessions {
		if n > limit+1 { // a lock cannot derive another
			t.Errorf("%d writes under one key %x", n, id)
		}
	}
}

func TestStateIsBounded(t *testing.T) {
	p := start(t, t.TempDir(), "ring", 99)
	p.expect(t, "first", "")
	long := strings.Repeat("/a rather long folder name", 20)
	rows := []byte(strings.Repeat(`{"path":"`+long+`","state":"done"},`, 2000))
	p.put("files", rows)
	if !bytes.Equal(p.get("files"), rows) {
		t.Fatalf("2,000 rows of %d bytes do not fit", len(rows))
	}
	p.lock()
	p.expect(t, "large", string(rows))
	p.put("files", make([]byte, maxPlain))
	if p.get("files") != nil {
		t.Error("too large, and something is there: an old value would be a lie")
	}
	p.put("used", []byte("x"))
	p.put(strings.Repeat("n", 256), []byte("x"))
	p.put("", []byte("x"))
	p.put("files", make([]byte, maxPlain-sectionSize("files", nil)-sectionSize("used", []byte("x"))))
	if p.get("files") == nil {
		t.Error("what just fits does not")
	}
	p.lock()
	if info := must(os.Stat(p.path)); info.Size() != int64(maxState) {
		t.Errorf("%d bytes, %d at most", info.Size(), maxState)
	}
	p.clock.pass(1)
	if problem := p.unlock(); problem != nil || string(p.get("used")) != "x" {
		t.Errorf("%v", problem)
	}
}

// After a lock nothing is put or got, and the plain bytes are gone.
func TestLockWipesTheState(t *testing.T) {
	p := start(t, t.TempDir(), "ring", 99)
	p.expect(t, "first", "")
	p.put("files", []byte("a name"))
	held, n := p.sections["files"], p.notes
	p.lock()
	if !bytes.Equal(held, make([]byte, len(held))) {
		t.Errorf("%q is left", held)
	}
	n.put("files", []byte("late"))
	n.save()
	n.reseal()
	if n.get("files") != nil || p.clock.waiting() != 0 {
		t.Error("it lives on")
	}
}

func FuzzState(f *testing.F) {
	keys := must(newStateKeys(deriving("ring")))
	defer keys.destroy()
	f.Add(must(keys.seal(1, map[string][]byte{"files": []byte("x")})), appendSections(nil, map[string][]byte{"a": []byte("1"), "b": {}}))
	f.Add(must(keys.signMark([]entry{{}, {seq: 2}})), []byte{})
	old := must(newOpener(deriving("ring")))
	defer old.destroy()
	f.Fuzz(func(t *testing.T, raw, plain []byte) {
		if sections, err := parseSections(plain); err == nil {
			if again := appendSections(nil, sections); !bytes.Equal(again, plain) {
				t.Errorf("%x reads as %x", plain, again)
			}
		}
		if id, entries, mac, err := parseMark(raw); err == nil && !bytes.Equal(append(marshalMark(id, entries), mac...), raw) {
			t.Error("a mark has two readings")
		}
		_, _ = old.marks(raw)
		if file, err := parseState(raw); err == nil && len(file.header)+len(file.box) != len(raw) {
			t.Error("bytes left over")
		}
		_, _, _ = old.state(bytes.Clone(raw))
	})
}
