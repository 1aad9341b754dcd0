// Package witness shows that the stock age program opens every keyring file
// that tests write. A package whose tests make keyrings says
//
//	func TestMain(m *testing.M) { os.Exit(witness.Run(m)) }
//
// and its tests fail when `age -d -i keyring.age file.age` does not work on
// what they wrote. While they run, files and passphrases are only put aside;
// afterwards
//
//   - the last file under every header goes through the program itself, which
//     is given the passphrase on a terminal, and opens a file encrypted to the
//     last private key in the keyring. Saves under one header share its file
//     key, so one scrypt, a second, is enough for all of them;
//   - every file is opened by filippo.io/age, and so is a file encrypted to
//     the last key, with the keys in it.
//
// It may import secret, and only tests may import it. It sets a variable of
// engine/keyring through the linker: nothing in the program can do so by
// accident, and package keyring's own tests can use it.
package witness

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "unsafe" // for the linker

	"cryptodesk/engine/secret"
)

//go:linkname onlooker cryptodesk/engine/keyring.onlooker
var onlooker interface {
	Header(header []byte, pass *secret.Buffer)
	File(header, raw []byte, key *secret.Key)
}

// ring is what was written under one header.
type ring struct {
	pass  []aside // one of these opens it; none: an identity that Run was given
	key   aside   // none: found, and not seen while it was written
	files [][]byte
	by    string // the test, or the path
}

// record is what was seen. Safe for concurrent use.
type record struct {
	mu    sync.Mutex
	rings map[[sha256.Size]byte]*ring
}

var seen = record{rings: map[[sha256.Size]byte]*ring{}}

// under is the ring with that header. The lock is held.
func (r *record) under(header []byte) *ring {
	name := sha256.Sum256(header)
	if r.rings[name] == nil {
		r.rings[name] = &ring{by: caller()}
	}
	return r.rings[name]
}

// Header is told of a header and of the passphrase that opens it.
func (r *record) Header(header []byte, pass *secret.Buffer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ring := r.under(header); ring.pass == nil {
		ring.pass = []aside{putAside(pass.Bytes())}
	}
}

// File is told of a file, and of the file key that its header holds.
func (r *record) File(header, raw []byte, key *secret.Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ring := r.under(header)
	if ring.key == nil {
		_ = key.Open(func(b []byte) error { ring.key = putAside(b); return nil })
	}
	ring.files = append(ring.files, bytes.Clone(raw))
}

// caller is the test that is running on this goroutine.
func caller() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		if _, name, ok := strings.Cut(frame.Function, ".Test"); ok {
			return "Test" + name
		}
		if !more {
			return "a goroutine of a test"
		}
	}
}

// Found puts a keyring file aside that another program wrote, and that one of
// the passphrases opens; none at path is none.
func Found(path string, passphrases ...string) error {
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	header, err := headerOf(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	ring := seen.under(header)
	for _, p := range passphrases {
		if !slices.ContainsFunc(ring.pass, func(known aside) bool { return string(known.plain()) == p }) {
			ring.pass = append(ring.pass, putAside([]byte(p)))
		}
	}
	if !slices.ContainsFunc(ring.files, func(known []byte) bool { return bytes.Equal(known, raw) }) {
		ring.files, ring.by = append(ring.files, raw), path
	}
	return nil
}

// Run runs the tests, and then the stock program over what they wrote; it
// answers the exit code. identities open the keyrings of tests that are not
// about passphrases.
func Run(m *testing.M, identities ...string) int { return RunWith("", m, identities...) }

// RunWith is Run with a stock program that is there already.
func RunWith(age string, m *testing.M, identities ...string) int {
	flag.Parse()
	for _, measures := range []string{"test.bench", "test.fuzz"} {
		if flag.Lookup(measures).Value.String() != "" {
			return m.Run()
		}
	}
	if raced {
		return m.Run() // what runs without it is enough
	}
	onlooker = &seen
	code := m.Run()
	onlooker = nil
	scratch, err := os.MkdirTemp("", "witness-")
	if err == nil {
		defer os.RemoveAll(scratch)
		err = seen.check(age, scratch, identities)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: keyrings and the stock program:", err)
		return max(code, 1)
	}
	return code
}

// check opens everything.
func (r *record) check(age, scratch string, identities []string) error {
	begun := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	turns := make(chan struct{}, runtime.NumCPU())
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed []string
	written, files := 0, 0
	for name, ring := range r.rings {
		if len(ring.files) == 0 {
			continue // it was opened, and nothing came of it
		}
		if written == 0 && age == "" {
			var err error
			if age, err = build(scratch); err != nil {
				return err
			}
		}
		written, files = written+1, files+len(ring.files)
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			o := &opener{age: age, dir: filepath.Join(scratch, fmt.Sprintf("%x", name)), ring: ring, identities: identities}
			if err := o.open(); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, fmt.Sprintf("%s: %v", ring.by, err))
			}
		})
	}
	all.Wait()
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d headers\n%s", len(failed), written, strings.Join(failed, "\n"))
	}
	if written > 0 && testing.Verbose() {
		fmt.Printf("keyrings: the stock program opens all %d headers, its library all %d files, in %.1f s\n", written, files, time.Since(begun).Seconds())
	}
	return nil
}
