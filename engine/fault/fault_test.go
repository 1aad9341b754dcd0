package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKindsAreDistinctAndComplete(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if k == "" || seen[k] {
			t.Errorf("%q is empty or listed twice", k)
		}
		seen[k] = true
	}
	source, err := os.ReadFile("kind.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := strings.Count(string(source), " Kind = \"")
	if declared != len(seen) || declared < 57 {
		t.Errorf("%d kinds are declared, %d listed", declared, len(seen))
	}
	Kinds()[0] = "changed"
	if Kinds()[0] != NotFound {
		t.Error("a caller can change the list")
	}
}

func TestOfAndAs(t *testing.T) {
	own := New(Truncated, "a.age", nil)
	outer := New(BadIdentity, "key.txt", own)
	for _, c := range []struct {
		name string
		err  error
		want Kind
	}{
		{"nil", nil, ""},
		{"a fault", own, Truncated},
		{"a wrapped fault", fmt.Errorf("reading: %w", own), Truncated},
		{"a fault caused by a fault", outer, BadIdentity},
		{"joined", errors.Join(errors.New("other"), own), Truncated},
		{"cancelled", fmt.Errorf("copy: %w", context.Canceled), Cancelled},
		{"fs.ErrNotExist", fs.ErrNotExist, NotFound},
		{"fs.ErrExist", fs.ErrExist, Exists},
		{"fs.ErrPermission", fs.ErrPermission, Permission},
		{"anything else", errors.New("odd"), Internal},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("Of(%s) = %q, want %q", c.name, got, c.want)
		}
		e := As(c.err)
		if (e == nil) != (c.err == nil) {
			t.Errorf("As(%s) = %v", c.name, e)
		} else if e != nil && (e.Kind != c.want || !errors.Is(c.err, e) && !errors.Is(e, c.err)) {
			t.Errorf("As(%s) = %v", c.name, e)
		}
	}
	if As(fmt.Errorf("reading: %w", own)) != own || FromOS("b", own) != own {
		t.Error("a fault was wrapped again")
	}
}

func TestFromOSOnRealFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		try  func() error
		want Kind
	}{
		{"missing", func() error { _, err := os.Open(filepath.Join(dir, "none")); return err }, NotFound},
		{"taken", func() error { return os.Mkdir(file, 0o700) }, Exists},
		{"not empty", func() error { return os.Remove(dir) }, Exists},
		{"long name", func() error { _, err := os.Create(filepath.Join(dir, strings.Repeat("n", 300))); return err }, NameTooLong},
	} {
		e := FromOS("subject", c.try())
		if e == nil || e.Kind != c.want || e.Subject != "subject" {
			t.Errorf("%s: %v, want %s", c.name, e, c.want)
		}
	}
	if FromOS("x", nil) != nil {
		t.Error("no error became a fault")
	}
	if e := As(func() error { _, err := os.Open(filepath.Join(dir, "none")); return err }()); e.Subject != filepath.Join(dir, "none") {
		t.Errorf("As lost the path: %q", e.Subject)
	}
}

func TestErrorTextIsOneSafeLine(t *testing.T) {
	e := New(NoSpace, "a\n\x1b[31mb", errors.New("disk full"))
	if got, want := e.Error(), `NoSpace "a\n\x1b[31mb": disk full`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := New(Locked, "", nil).Error(); got != "Locked" {
		t.Error(got)
	}
}

func TestExitCodes(t *testing.T) {
	want := map[Kind]int{"": 0, Usage: 2, WrongPassphrase: 3, NoKey: 3, Truncated: 4, PayloadDamaged: 4, KeyringDamaged: 4,
		Cancelled: 130, NoSpace: 1, Internal: 1}
	for k, code := range want {
		if k.Exit() != code {
			t.Errorf("%s exits with %d, want %d", k, k.Exit(), code)
		}
	}
	for _, k := range Kinds() {
		switch k.Exit() {
		case 1, 2, 3, 4, 130:
		default:
			t.Errorf("%s exits with %d", k, k.Exit())
		}
		if k.Exit() == 4 && k.Retryable() {
			t.Errorf("%s: damage does not go away", k)
		}
	}
}

func TestRetryable(t *testing.T) {
	for k, want := range map[Kind]bool{NoSpace: true, Permission: true, SourceChanged: true, WrongPassphrase: true, Cancelled: true,
		Truncated: false, NotEncrypted: false, UnsafePath: false, Internal: false, "": false} {
		if k.Retryable() != want {
			t.Errorf("%q.Retryable() = %v", k, !want)
		}
	}
}
