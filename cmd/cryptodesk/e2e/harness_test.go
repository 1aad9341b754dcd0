//go:build e2e && linux

package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/keyring/witness"
)

// What `make test-e2e` builds. One build serves all tests.
var (
	program   = built("cryptodesk")
	age       = built("age")
	ageKeygen = built("age-keygen")
)

const (
	owner      = "Ada"
	passphrase = "Correct horse, battery staple 7!"
)

func built(name string) string {
	if path := os.Getenv("CRYPTODESK_E2E_" + name); path != "" { // another build of it
		return path
	}
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "build", name))
	if err != nil {
		panic(err)
	}
	return path
}

func TestMain(m *testing.M) {
	for _, path := range []string{program, age, ageKeygen} {
		if _, err := os.Stat(path); err != nil {
			fmt.Fprintf(os.Stderr, "%v: run these tests with `make test-e2e`\n", err)
			os.Exit(1)
		}
	}
	os.Exit(witness.RunWith(age, m))
}

// watch has the stock program open, after all tests, the keyring that this one leaves in a profile folder, and the one
// before it. The passphrases are those that the test uses besides the usual one; run and open call it for what they are given.
func watch(t *testing.T, home string, passphrases ...string) {
	t.Cleanup(func() {
		for _, name := range []string{"keyring.age", "keyring.age.old"} {
			if err := witness.Found(filepath.Join(home, name), append([]string{passphrase}, passphrases...)...); err != nil {
				t.Error(err)
			}
		}
	})
}

// patience bounds one test: long enough for a busy machine, so that it ends only what would never end.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Minute, fmt.Errorf("nothing more happened"))
	t.Cleanup(cancel)
	return ctx
}

// run runs a program, with lines for descriptor 3 if there are any, and answers its two outputs and its exit code.
func run(ctx context.Context, t *testing.T, secret, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := command(ctx, t, secret, name, args...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if e := cmd.Run(); e != nil && cmd.ProcessState == nil {
		t.Fatalf("%s: %v", name, e)
	}
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// must is run for what has to succeed.
func must(ctx context.Context, t *testing.T, secret, name string, args ...string) string {
	t.Helper()
	stdout, stderr, code := run(ctx, t, secret, name, args...)
	if code != 0 {
		t.Fatalf("%s %s: exit %d\n%s%s", filepath.Base(name), strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// command makes a program ready to start. secret, if not empty, waits on descriptor 3.
func command(ctx context.Context, t *testing.T, secret, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, name, args...)
	if i := slices.Index(args, "--home"); i >= 0 && name == program {
		watch(t, args[i+1])
	}
	if secret == "" {
		return cmd
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, secret+"\n"); err != nil { // fits the pipe's buffer
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { r.Close() })
	cmd.ExtraFiles = []*os.File{r}
	return cmd
}

// random writes n reproducible bytes to a new file and returns its path.
func random(t *testing.T, folder, name string, n int) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, n)
	seed := sha256.Sum256([]byte(name))
	rand.NewChaCha8(seed).Read(data)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// tree is what a file or folder holds: relative path to kind and content, so that two trees compare with one look.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			all[rel] = "folder"
			return nil
		}
		sum, err := sumOf(path)
		all[rel] = sum
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sumOf is the SHA-256 of a file.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return fmt.Sprintf("%d bytes %x", n, h.Sum(nil)), err
}

// list is the names in a folder, hidden ones too.
func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	slices.Sort(all)
	return all
}
