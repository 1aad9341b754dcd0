package agefile

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// bin is where the stock age programs of go.mod go.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "agefile")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	bin = dir
	// These tests are about bytes and names; engine/safefile's are about disks.
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		os.Setenv("TMPDIR", "/dev/shm")
	}
	return m.Run()
}

// build makes the stock programs when a test first wants one.
var build = sync.OnceValues(func() ([]byte, error) {
	cmd := exec.Command("go", "build", "-o", bin, "filippo.io/age/cmd/age", "filippo.io/age/cmd/age-keygen")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	return cmd.CombinedOutput()
})

// program is the path of a stock program.
func program(t testing.TB, name string) string {
	t.Helper()
	if out, err := build(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return filepath.Join(bin, name)
}

// shop is a folder to work in, with a store for it.
type shop struct {
	t     testing.TB
	dir   string
	store *safefile.Store
	ctx   context.Context
}

func newShop(t testing.TB) *shop {
	s := &shop{t: t, dir: t.TempDir(), store: safefile.New(filepath.Join(t.TempDir(), "journal")), ctx: t.Context()}
	t.Cleanup(func() { s.store.Close() })
	return s
}

func (s *shop) path(name string) string { return filepath.Join(s.dir, name) }

// put writes a file and answers its path.
func (s *shop) put(name string, data []byte) string {
	s.t.Helper()
	path := s.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *shop) get(path string) []byte {
	s.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

// through opens from, makes to, and lets f write it; the result is published
// only after nil.
func (s *shop) through(from, to string, f func(*safefile.Source, *safefile.File) error) error {
	src, err := safefile.OpenSource(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := s.store.Create(to, src.Mode().Perm())
	if err != nil {
		return err
	}
	defer dst.Discard()
	if err := f(src, dst); err != nil {
		return err
	}
	_, err = dst.Commit(safefile.Refuse)
	return err
}

func (s *shop) encrypt(from, to string, who []age.Recipient, opt Options) error {
	return s.through(from, to, func(src *safefile.Source, dst *safefile.File) error {
		return Encrypt(s.ctx, src, dst, who, opt)
	})
}

func (s *shop) decrypt(from, to string, ids []age.Identity, opt Options) error {
	return s.through(from, to, func(src *safefile.Source, dst *safefile.File) error {
		return Decrypt(s.ctx, src, dst, ids, opt)
	})
}

func (s *shop) rewrap(from, to string, ids []age.Identity, who []age.Recipient, opt Options) error {
	return s.through(from, to, func(src *safefile.Source, dst *safefile.File) error {
		return Rewrap(s.ctx, src, dst, ids, who, opt)
	})
}

func (s *shop) pack(dir, to string, who []age.Recipient) ([]*fault.Error, error) {
	dst, err := s.store.Create(to, 0o600)
	if err != nil {
		return nil, err
	}
	defer dst.Discard()
	notes, err := EncryptFolder(s.ctx, dir, dst, who, Options{})
	if err != nil {
		return nil, err
	}
	_, err = dst.Commit(safefile.Refuse)
	return notes, err
}

func (s *shop) extract(from, to string, ids []age.Identity) (Extracted, error) {
	src, err := safefile.OpenSource(from)
	if err != nil {
		return Extracted{}, err
	}
	defer src.Close()
	dst, err := s.store.CreateDir(to, 0o700)
	if err != nil {
		return Extracted{}, err
	}
	defer dst.Discard()
	got, err := ExtractFolder(s.ctx, src, dst, ids, Options{})
	if err != nil {
		return got, err
	}
	_, err = dst.Commit(safefile.Refuse)
	return got, err
}

// holds fails unless exactly these names are in the folder, hidden ones counted.
func (s *shop) holds(names ...string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		s.t.Errorf("folder holds %q, want %q", got, names)
	}
}

// pair is a key of one kind in both forms.
type pair struct {
	to []age.Recipient
	id []age.Identity
}

func hybrid(t testing.TB) pair {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return pair{[]age.Recipient{id.Recipient()}, []age.Identity{id}}
}

func x25519(t testing.TB) pair {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return pair{[]age.Recipient{id.Recipient()}, []age.Identity{id}}
}

// phrase is a passphrase; cheap ones are for tests that are not about its cost.
func phrase(t testing.TB, text string, logN int) *Passphrase {
	p := NewPassphrase(secret.Take([]byte(text)))
	p.logN = logN
	t.Cleanup(p.Destroy)
	return p
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func want(t testing.TB, err error, kinds ...fault.Kind) {
	t.Helper()
	if !slices.Contains(kinds, fault.Of(err)) {
		t.Errorf("got %v (%s), want %v", err, fault.Of(err), kinds)
	}
	if _, ok := err.(*fault.Error); err != nil && !ok { //nolint:errorlint // the outermost error itself must be one
		t.Errorf("%T is not a fault: %v", err, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes differ from the %d expected", len(got), len(want))
	}
}

func sum(t testing.TB, path string) [sha256.Size]byte {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	must(t, err)
	return [sha256.Size]byte(h.Sum(nil))
}

var someTime = time.Date(2020, 2, 29, 12, 34, 56, 789012345, time.UTC)
