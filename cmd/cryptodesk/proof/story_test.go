//go:build e2e && linux

package proof

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/keyring/witness"
	"cryptodesk/engine/secret/scan"
)

const owner = "Ada"

// TestMain has the stock program open the keyrings of all runs.
func TestMain(m *testing.M) { os.Exit(witness.Run(m)) }

// moment is when the memory is searched.
type moment int

const (
	idle       moment = iota // unlocked, after every kind of use
	busy                     // a file is being decrypted
	locked                   // after Ctrl+L
	cored                    // in a core taken then
	rehearsing               // two shares are at hand in a rehearsal
	gathered                 // two of somebody else's are, to bring keys back
	guessing                 // a search for a forgotten passphrase tries guesses
	paused                   // it does not just now
	searched                 // it ended without finding anything, and the lock is back
	moments
)

var names = [...]string{"unlocked, idle", "during a job", "after lock", "core after lock",
	"own shares", "others' shares", "during a search", "search paused", "after a search"}

// person is what somebody knows: the passphrase, and pieces of another one that they take for it at first.
type person struct {
	pass   string
	pieces [2]string
}

// outcome is what one run of the story found.
type outcome struct {
	reports [moments]*scan.Report
	planted *scan.Report
	needles int    // when they were planted
	core    string // how it was taken
	early   bool   // the job was over before it could be stopped
	steps   string // how long each step took
}

// life is one run of the program.
type life struct {
	*desk.Program
	person
	ctx     context.Context
	t       *testing.T
	program string
	home    string // the profile
	folder  string // the HOME
	work    string
	secrets *secrets
	out     *outcome
	last    time.Time
}

// step notes how long it was since the last one.
func (l *life) step(name string) {
	now := time.Now()
	l.out.steps += fmt.Sprintf("%s %.1f s, ", name, now.Sub(l.last).Seconds())
	l.last = now
}

// live plays the story: search for a passphrase that is none of the guesses, type the right one, unlock, encrypt, decrypt,
// export a private key, make a recovery sheet and shares, rehearse, bring others' keys back, release a deposit, receive a
// file, and lock while ready to receive more. With typed, the profile is made by the window too, and the search comes last;
// with plants, every needle is planted once to see that it would be found.
func live(t *testing.T, d *desk.Display, program string, knows person, typed, plants bool) *outcome {
	ctx, cancel := context.WithTimeoutCause(t.Context(), 4*time.Minute, fmt.Errorf("nothing more happened"))
	defer cancel()
	l := &life{ctx: ctx, t: t, program: program, person: knows, folder: t.TempDir(), out: &outcome{}, last: time.Now()}
	l.work = workplace(t)
	l.home = filepath.Join(l.folder, "profile")
	if !typed {
		l.prepare()
		l.learn()
	}
	p, err := d.Start(ctx, program, l.folder, "--home", l.home)
	l.do(err)
	l.Program = p
	defer func() {
		if t.Failed() {
			_ = p.Shot(context.Background(), filepath.Join(filepath.Dir(program), "proof-failed.png"))
		}
		p.Kill()
		if t.Failed() {
			t.Logf("the program said: %s", p.Said())
		}
	}()
	if typed {
		l.do(p.FirstRun(ctx, owner, l.pass, false, func(string) error { return nil }))
		l.step("first run")
		l.learn()
	} else {
		l.search()
		l.do(p.Unlock(ctx, l.pass))
		l.step("unlock")
	}
	l.use()
	l.look(idle)
	l.step("search")
	if plants {
		l.plant()
	}
	l.lock()
	if typed {
		l.search()
	}
	return l.out
}

// learn reads the needles out of the profile.
func (l *life) learn() {
	path := filepath.Join(l.home, "keyring.age")
	l.do(witness.Found(path, l.pass))
	var err error
	l.secrets, err = profile(l.pass, path)
	l.do(err)
	l.t.Cleanup(l.secrets.set.Destroy)
	l.do(l.secrets.remembered(l.pieces, path))
	l.step("needles")
}

// plant has every needle found in the program, where none was left.
func (l *life) plant() {
	l.do(halted(l.ctx, l.PID(), func() (err error) {
		l.out.needles = l.secrets.set.Len()
		l.out.planted, err = plant(l.ctx, l.PID(), l.secrets.set)
		return err
	}))
	l.step("plant")
}

// prepare makes the profile without the window.
func (l *life) prepare() {
	if out, err := l.verb("keys", "--home", l.home, "new", owner).CombinedOutput(); err != nil {
		l.t.Fatalf("make a profile: %v: %s", err, out)
	}
}

// verb is a command that is given the passphrase.
func (l *life) verb(name string, args ...string) *exec.Cmd {
	r, w, err := os.Pipe()
	l.do(err)
	l.t.Cleanup(func() { r.Close() })
	_, err = w.WriteString(l.pass + "\n")
	l.do(err)
	w.Close()
	cmd := command(l.ctx, l.program, append([]string{name, "--passphrase-fd", "3"}, args...)...)
	cmd.ExtraFiles = []*os.File{r}
	return cmd
}

// use does everything that touches a secret, and searches during one job.
func (l *life) use() {
	before := l.quiet(0)
	original := filepath.Join(l.work, "film.bin")
	f, err := os.Create(original)
	l.do(err)
	l.do(f.Truncate(jobSize))
	l.do(f.Close())
	l.do(l.Bring(l.ctx, original))
	l.do(l.Run(l.ctx))
	l.do(os.Remove(original))
	l.do(l.secrets.opened(original + ".age"))
	before = l.quiet(before)
	l.step("encrypt")

	l.do(l.Bring(l.ctx, original+".age"))
	done := l.Events("job.done")
	l.do(l.Tap(l.ctx, "plan.go"))
	l.do(l.Screen(l.ctx, "files.run", "files.done"))
	l.look(busy)
	l.step("search in a job")
	l.out.early = l.Events("job.done") > done
	_, err = l.Event(l.ctx, "job.done", done)
	l.do(err)
	before = l.quiet(before)
	l.step("decrypt")

	l.export()
	before = l.quiet(before)
	l.step("export")

	l.recover()
	before = l.quiet(before)
	l.step("recovery")
	l.restore()
	before = l.quiet(before)
	l.step("restore")
	l.release()
	before = l.quiet(before)
	l.step("release")
	l.receive()
	before = l.quiet(before)
	l.step("transfer")
	state := filepath.Join(l.home, "session.state")
	l.do(desk.AwaitFile(l.ctx, state))
	l.do(l.secrets.session(state))
	l.quiet(before - 1)
	l.step("state")
}

// export writes the private key, which asks for the passphrase again.
func (l *life) export() {
	l.do(l.Press("Ctrl+2"))
	l.do(l.Screen(l.ctx, "keys"))
	l.do(l.TapAt(l.ctx, "keys.tabs", 0.25))
	l.do(l.Rewrite(l.ctx, "keys.search", owner))
	l.do(l.Press("Return"))
	l.do(l.Await(l.ctx, "the list to have the keyboard", func(now desk.State) bool { return now.Focus == "keys.list" }))
	l.do(l.Press("Return"))
	l.do(l.Tap(l.ctx, "detail.export"))
	l.do(l.Fill(l.ctx, "export.passphrase", l.pass))
	n := l.Events("keys.exported")
	l.do(l.Tap(l.ctx, "export.do"))
	_, err := l.Event(l.ctx, "keys.exported", n)
	l.do(err)
	l.do(l.Press("Escape"))
	l.do(l.Tap(l.ctx, "detail.close"))
	raw, err := os.ReadFile(filepath.Join(l.folder, owner+".key.age"))
	l.do(err)
	_, err = l.secrets.protected(raw)
	l.do(err)
	l.do(l.Press("Ctrl+1"))
}

// lock locks by the keyboard and searches, then a core is taken and searched.
func (l *life) lock() {
	before := l.quiet(-1)
	l.do(l.Press("Ctrl+L"))
	l.do(l.Locked(l.ctx))
	l.quiet(before)
	l.step("lock")
	l.look(locked)
	l.step("search")
	path := filepath.Join(l.work, "core")
	how, err := core(l.ctx, l.PID(), path)
	l.do(err)
	l.out.core = how
	l.step("core")
	l.out.reports[cored], err = l.secrets.set.File(l.ctx, path)
	l.do(err)
	l.step("search of it")
	l.do(os.Remove(path))
}

// look searches the program while it stands still.
func (l *life) look(at moment) {
	l.do(halted(l.ctx, l.PID(), func() (err error) {
		l.out.reports[at], err = l.secrets.set.Process(l.ctx, l.PID())
		return err
	}))
}

// quiet waits until what was used since before is swept up (secret.Settled), and answers a number for the next time.
func (l *life) quiet(before float64) (now float64) {
	l.do(l.Await(l.ctx, "the memory to be swept", func(desk.State) bool {
		n, _ := l.Latest("quiet")["n"].(float64)
		now = n
		return n > 0 && n > before
	}))
	return now
}

func (l *life) do(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// workplace is a folder for large files: in memory where there is room.
func workplace(t *testing.T) string {
	var st syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &st) == nil && st.Bavail*uint64(st.Bsize) > 8*jobSize {
		dir, err := os.MkdirTemp("/dev/shm", "proof-")
		if err == nil {
			t.Cleanup(func() { os.RemoveAll(dir) })
			return dir
		}
	}
	return t.TempDir()
}
