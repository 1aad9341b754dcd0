//go:build e2e && linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// victim is one kind of work that is killed: run does it to the end in a fresh folder, check says what is wrong after.
type victim struct {
	name  string
	setup func(t *testing.T, b *bench, folder string)
	args  func(b *bench, folder string) (secret string, args []string)
	check func(t *testing.T, b *bench, folder string) (published int)
	last  bool // the interesting part is the end: half of the kills fall into the last fifth
}

// bench is what all victims share.
type bench struct {
	ctx       context.Context
	home      string
	key       string // age identity file
	recipient string
	originals string // folder with the originals
	sums      map[string]string
	sealed    string          // folder with the originals encrypted
	scratch   string          // for what the check itself opens
	names     map[string]bool // key pairs that were confirmed
	count     int
}

// TestKillAtAnyInstant ends the program with SIGKILL while it encrypts, decrypts and saves the keyring. CRYPTODESK_KILLS
// says how often in the middle of the work (20 unless set). After each kill every original must be whole, everything
// under a final name must be right, and the keyring must open; after the next start no leftover may remain.
func TestKillAtAnyInstant(t *testing.T) {
	kills := 20
	if s := os.Getenv("CRYPTODESK_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	victims := []victim{encrypting(), decrypting(), saving()}
	whole := make([]time.Duration, len(victims))
	for i, v := range victims {
		whole[i] = b.undisturbed(t, v)
		t.Logf("%s takes %v when left alone", v.name, whole[i].Round(time.Millisecond))
	}
	killed, published, leftovers := 0, 0, 0
	work := t.TempDir()
	for n := 0; killed < kills; n++ {
		i := n % len(victims)
		v := victims[i]
		after := time.Duration(dice.Float64() * float64(whole[i]))
		if v.last && dice.IntN(2) == 0 {
			after = whole[i] - time.Duration(dice.Float64()*0.2*float64(whole[i]))
		}
		folder := filepath.Join(work, v.name)
		v.setup(t, b, folder)
		inFlight, took := b.kill(t, v, folder, after)
		if inFlight {
			killed++
		} else { // too late: the machine has become faster
			whole[i] = took
		}
		published += v.check(t, b, folder)
		leftovers += len(hidden(t, folder)) + len(hidden(t, b.home))
		b.nextStart(t)
		if rest := append(hidden(t, folder), hidden(t, b.home)...); len(rest) > 0 {
			t.Errorf("kill %d (%s after %v): left behind after the next start: %q", n, v.name, after, rest)
		}
		if now := tree(t, b.originals); !maps.Equal(now, b.sums) {
			t.Fatalf("kill %d (%s after %v): originals changed: %v", n, v.name, after, now)
		}
		os.RemoveAll(folder)
		if inFlight && killed%20 == 0 {
			t.Logf("%d kills: %d right files under final names, %d leftovers, all swept, originals lost 0, keyrings lost 0",
				killed, published, leftovers)
		}
	}
}

func newBench(t *testing.T) *bench {
	ctx, cancel := context.WithTimeout(t.Context(), 14*time.Minute)
	t.Cleanup(cancel)
	dir := t.TempDir()
	b := &bench{ctx: ctx, home: filepath.Join(dir, "home"), key: filepath.Join(dir, "key.txt"),
		originals: filepath.Join(dir, "originals"), sealed: filepath.Join(dir, "sealed"), scratch: t.TempDir(), names: map[string]bool{owner: true}}
	must(ctx, t, "", ageKeygen, "-o", b.key)
	b.recipient = strings.TrimSpace(must(ctx, t, "", ageKeygen, "-y", b.key))
	must(ctx, t, passphrase, program, "keys", "--home", b.home, "--passphrase-fd", "3", "new", owner)
	random(t, b.originals, "big.bin", 96<<20)
	for i := range 40 {
		random(t, b.originals, fmt.Sprintf("small-%02d.bin", i), i*997)
		random(t, b.originals, fmt.Sprintf("folder/in-%02d.bin", i), i*50_021)
	}
	b.sums = tree(t, b.originals)
	encrypting().setup(t, b, b.sealed)
	_, args := encrypting().args(b, b.sealed)
	must(ctx, t, "", program, args...)
	return b
}

// things are the three kinds of input in a folder.
func things(folder, suffix string) []string {
	paths := []string{filepath.Join(folder, "big.bin"+suffix)}
	if suffix == "" {
		paths = append(paths, filepath.Join(folder, "folder"))
	} else {
		paths = append(paths, filepath.Join(folder, "folder.tar"+suffix))
	}
	for i := range 40 {
		paths = append(paths, filepath.Join(folder, fmt.Sprintf("small-%02d.bin%s", i, suffix)))
	}
	return paths
}

func emptyFolder(t *testing.T, _ *bench, folder string) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
}

func encrypting() victim {
	return victim{
		name:  "encrypt",
		setup: emptyFolder,
		args: func(b *bench, folder string) (string, []string) {
			return "", append([]string{"encrypt", "--home", b.home, "-r", b.recipient, "-o", folder}, things(b.originals, "")...)
		},
		check: func(t *testing.T, b *bench, folder string) (published int) {
			for _, name := range shown(t, folder) {
				opened := filepath.Join(b.scratch, "opened")
				must(b.ctx, t, "", age, "-d", "-i", b.key, "-o", opened, filepath.Join(folder, name))
				if inner, ok := strings.CutSuffix(name, ".tar.age"); ok {
					must(b.ctx, t, "", "tar", "-xf", opened, "-C", b.scratch)
					b.compare(t, filepath.Join(b.scratch, inner), inner)
					os.RemoveAll(filepath.Join(b.scratch, inner))
				} else {
					b.compare(t, opened, strings.TrimSuffix(name, ".age"))
				}
				os.Remove(opened)
				published++
			}
			return published
		},
	}
}

func decrypting() victim {
	return victim{
		name:  "decrypt",
		setup: emptyFolder,
		args: func(b *bench, folder string) (string, []string) {
			return "", append([]string{"decrypt", "--home", b.home, "-i", b.key, "-o", folder}, things(b.sealed, ".age")...)
		},
		check: func(t *testing.T, b *bench, folder string) (published int) {
			for _, name := range shown(t, folder) {
				b.compare(t, filepath.Join(folder, name), name)
				published++
			}
			return published
		},
	}
}

func saving() victim {
	return victim{
		name:  "save",
		setup: func(t *testing.T, b *bench, folder string) { emptyFolder(t, b, folder); b.count++ },
		args: func(b *bench, _ string) (string, []string) {
			return passphrase, []string{"keys", "--home", b.home, "--passphrase-fd", "3", "new", fmt.Sprintf("key %d", b.count)}
		},
		check: func(t *testing.T, b *bench, _ string) int {
			listed := must(b.ctx, t, passphrase, program, "keys", "--home", b.home, "--passphrase-fd", "3", "list")
			for name := range b.names {
				if !strings.Contains(listed, name+" ") {
					t.Fatalf("the keyring lost %q: %s", name, listed)
				}
			}
			if name := fmt.Sprintf("key %d", b.count); strings.Contains(listed, name+" ") {
				b.names[name] = true
				return 1
			}
			return 0
		},
		last: true,
	}
}

// compare stops the test when what lies under a final name is not the original.
func (b *bench) compare(t *testing.T, path, name string) {
	t.Helper()
	got, want := tree(t, path), tree(t, filepath.Join(b.originals, name))
	if !maps.Equal(got, want) {
		t.Fatalf("wrong under its final name: %s\ngot  %v\nwant %v", name, got, want)
	}
}

// undisturbed does the work once to the end and says how long it took.
func (b *bench) undisturbed(t *testing.T, v victim) time.Duration {
	folder := filepath.Join(b.scratch, v.name)
	defer os.RemoveAll(folder)
	v.setup(t, b, folder)
	secret, args := v.args(b, folder)
	start := time.Now()
	must(b.ctx, t, secret, program, args...)
	took := time.Since(start)
	v.check(t, b, folder)
	return took
}

// kill starts the work and ends it after a while; it says whether the work was still going on, and how long it took.
func (b *bench) kill(t *testing.T, v victim, folder string, after time.Duration) (inFlight bool, took time.Duration) {
	secret, args := v.args(b, folder)
	cmd := command(b.ctx, t, secret, program, args...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if err == nil {
		return false, time.Since(start)
	}
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("%s failed by itself: %v", v.name, err)
	}
	return true, time.Since(start)
}

// nextStart opens the profile as any start of the program does, which sweeps.
func (b *bench) nextStart(t *testing.T) {
	out := filepath.Join(b.scratch, "next.age")
	must(b.ctx, t, "", program, "encrypt", "--home", b.home, "-r", b.recipient, "-o", out, filepath.Join(b.originals, "small-01.bin"))
	os.Remove(out)
}

// shown are the final names in a folder, hidden the names the program uses while it writes.
func shown(t *testing.T, folder string) (names []string) {
	for _, name := range list(t, folder) {
		if !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

func hidden(t *testing.T, folder string) (names []string) {
	for _, name := range list(t, folder) {
		if strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names
}
