package engine

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

func fresh() *secret.Buffer { return secret.Take([]byte("the passphrase after")) }

// TestRestores is the process to be killed: it says when it begins.
func TestRestores(t *testing.T) {
	home, how := os.Getenv("CRYPTODESK_RESTORE_HOME"), recovery.Replace
	if home == "" {
		return // only as a child of the next test
	}
	ctx := context.Background()
	e := openAt(t, home)
	if os.Getenv("CRYPTODESK_RESTORE_HOW") == "merge" {
		how = recovery.Merge
		if err := e.Unlock(ctx, pass()); err != nil {
			t.Fatal(err)
		}
	}
	r := e.NewRestore()
	for _, piece := range strings.Split(os.Getenv("CRYPTODESK_RESTORE_PIECES"), "\n") {
		add(t, r, piece, says(other))
	}
	fmt.Println("go")
	if err := e.Restore(ctx, r, how, "", fresh()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("done")
	select {} // until it is killed
}

// A kill at any instant of every sort of restore leaves the old keyring or the
// new one, and it opens.
func TestKilledWhileRestoring(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	from := ana(t)
	backup, sheet := filepath.Join(dir, "backup.age"), filepath.Join(dir, "sheet.pdf")
	if err := from.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	key := from.Keys()[0].ID
	if _, err := from.MakeSheet(ctx, key, sheet, labels(t)); err != nil {
		t.Fatal(err)
	}
	shares, err := from.MakeShares(ctx, key, 2, 3, dir, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	before := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := before.Create(ctx, "Before", pass(), nil); err != nil {
		t.Fatal(err)
	}
	kills := 1
	if n, err := strconv.Atoi(os.Getenv("CRYPTODESK_KILLS")); err == nil {
		kills = n
	}
	pieces := map[string][]string{"backup": {backup}, "sheet": {sheet}, "shares": {shares[0], shares[3]}}
	took := make(map[string]time.Duration) // from the beginning to the end, once
	old, new := 0, 0
	for range kills {
		for _, how := range []string{"replace", "merge", "nothing"} {
			for name, files := range pieces {
				home := filepath.Join(t.TempDir(), "home")
				if how != "nothing" {
					if err := os.CopyFS(home, os.DirFS(before.Home())); err != nil {
						t.Fatal(err)
					}
				}
				whole := restoreAndKill(t, home, how, files, took[how])
				if took[how] == 0 {
					took[how] = whole
				}
				keys := stillOpens(t, how+" "+name, home)
				switch {
				case slices.Equal(keys, []string{"Before"}), keys == nil && how == "nothing":
					old++
				case how == "merge" && len(keys) == 2 && keys[0] == "Before", how != "merge" && len(keys) == 1:
					new++
				default:
					t.Errorf("%s %s: %q", how, name, keys)
				}
				if how == "replace" {
					aside(t, home)
				}
			}
		}
	}
	t.Logf("killed before %d times, after %d times; the whole takes %v", old, new, took)
	if new == 0 {
		t.Error("nothing was restored")
	}
}

// restoreAndKill kills a restore at a random instant of within; within 0 is
// after its end, and answers how long that took.
func restoreAndKill(t *testing.T, home, how string, pieces []string, within time.Duration) (took time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRestores$")
	cmd.Env = append(os.Environ(), "CRYPTODESK_RESTORE_HOME="+home, "CRYPTODESK_RESTORE_HOW="+how, "CRYPTODESK_RESTORE_PIECES="+strings.Join(pieces, "\n"))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var begun time.Time
	for lines := bufio.NewScanner(out); lines.Scan(); {
		switch lines.Text() {
		case "go":
			begun = time.Now()
			if within > 0 {
				time.AfterFunc(rand.N(within), func() { cmd.Process.Kill() })
			}
		case "done":
			took = time.Since(begun)
			cmd.Process.Kill()
		default:
			t.Fatalf("the child says %q", lines.Text())
		}
	}
	_ = cmd.Wait() // it was killed
	if begun.IsZero() {
		t.Fatal("the child did not begin")
	}
	return took
}

// stillOpens answers the names of the keys in a profile, which opens with the
// passphrase before or the one after.
func stillOpens(t *testing.T, when, home string) []string {
	t.Helper()
	e := openAt(t, home)
	if e.State() == session.New {
		return nil
	}
	err := e.Unlock(context.Background(), pass())
	if fault.Of(err) == fault.WrongPassphrase {
		err = e.Unlock(context.Background(), fresh())
	}
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	return names(e.Keys())
}

// aside wants what was put aside, if anything was, to open as before.
func aside(t *testing.T, home string) {
	t.Helper()
	all, _ := filepath.Glob(filepath.Join(home, "*.aside"))
	for _, path := range all {
		e := openAt(t, filepath.Join(t.TempDir(), "home"))
		r := e.NewRestore()
		if p := add(t, r, path, says(pass)); len(p.Keys) != 1 || p.Keys[0].Name != "Before" {
			t.Errorf("%+v", p)
		}
		r.Close()
	}
}
