//go:build e2e && linux

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// shell runs verbs in a folder and a profile of their own.
type shell struct {
	t    *testing.T
	home string
	dir  string
}

func newShell(t *testing.T) *shell {
	return &shell{t, profile(t), t.TempDir()}
}

// verb runs one verb with the profile's passphrase at hand and expects an exit code.
func (s *shell) verb(code int, args ...string) (stdout, stderr string) {
	s.t.Helper()
	return s.with(passphrase, code, args...)
}

// with is verb with other lines on the passphrase descriptor.
func (s *shell) with(secret string, code int, args ...string) (stdout, stderr string) {
	s.t.Helper()
	if secret != "" {
		args = append(args, "--passphrase-fd", "3")
	}
	stdout, stderr, got := run(patience(s.t), s.t, secret, program, append(args, "--home", s.home)...)
	if got != code {
		s.t.Fatalf("%s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	return stdout, stderr
}

func (s *shell) path(name string) string { return filepath.Join(s.dir, name) }

func (s *shell) gone(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestVerbsEncryptAndOpen(t *testing.T) {
	s := newShell(t)
	one := random(t, s.dir, "one", 100_000)
	folder := filepath.Dir(random(t, s.dir, "folder/in", 10))
	before := tree(t, s.dir)
	out, _ := s.verb(0, "encrypt", one, folder)
	if !strings.Contains(out, one+" -> "+one+".age\n") {
		t.Errorf("encrypt said %q", out)
	}
	s.verb(1, "encrypt", one) // the name is taken
	s.verb(0, "encrypt", "--force", "--quiet", one)
	s.gone(one, folder)
	if out, _ := s.verb(0, "decrypt", "--quiet", one+".age", folder+".tar.age"); out != "" {
		t.Errorf("quiet said %q", out)
	}
	s.gone(one+".age", folder+".tar.age")
	if after := tree(t, s.dir); len(after) != len(before) || after["one"] != before["one"] || after["folder/in"] != before["folder/in"] {
		t.Errorf("got %v\nwant %v", after, before)
	}
}

func TestVerbsSpeakWithTheStockProgram(t *testing.T) {
	s := newShell(t)
	key := s.path("key.txt")
	must(patience(t), t, "", ageKeygen, "-pq", "-o", key)
	who := strings.TrimSpace(must(patience(t), t, "", ageKeygen, "-y", key))
	if err := os.WriteFile(s.path("team"), []byte("# the team\n"+who+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	letter := random(t, s.dir, "letter", 70_000)
	s.with("", 0, "encrypt", "-r", who, "-o", s.path("r.age"), letter)
	s.with("", 0, "encrypt", "-R", s.path("team"), "-a", "-o", s.path("R.age"), letter)
	for _, name := range []string{"r.age", "R.age"} {
		must(patience(t), t, "", age, "-d", "-i", key, "-o", s.path("stock"), s.path(name))
		same(t, letter, s.path("stock"))
		s.with("", 0, "decrypt", "-i", key, "-o", s.path("ours"), s.path(name), "--force")
		same(t, letter, s.path("ours"))
	}
	must(patience(t), t, "", age, "-r", who, "-o", s.path("theirs.age"), letter)
	s.with("", 0, "decrypt", "-i", key, s.path("theirs.age"))
	same(t, letter, s.path("theirs"))
}

func TestVerbsPassphrase(t *testing.T) {
	s := newShell(t)
	letter := random(t, s.dir, "letter", 100)
	s.with("of the file", 0, "encrypt", "-p", letter)
	s.gone(letter)
	s.with("not it", 3, "decrypt", letter+".age")
	if _, err := os.Lstat(letter); err == nil {
		t.Error("a wrong passphrase left something")
	}
	s.with("of the file", 0, "decrypt", letter+".age")
}

func TestVerbsChangeWhoOpens(t *testing.T) {
	s := newShell(t)
	ana := &shell{t, profile(t), s.dir}
	card, _ := ana.verb(0, "keys", "export", "--card")
	if err := os.WriteFile(s.path("ana.card"), []byte(card), 0o600); err != nil {
		t.Fatal(err)
	}
	s.verb(0, "contacts", "add", "--name", "Ana B.", s.path("ana.card"))
	letter := random(t, s.dir, "letter", 100)
	s.verb(0, "encrypt", letter)
	ana.verb(3, "decrypt", "-o", s.path("hers"), letter+".age")
	s.verb(0, "rewrap", "-r", "ana b.", "-r", "me", letter+".age")
	ana.verb(0, "decrypt", "-o", s.path("hers"), letter+".age")
	same(t, letter, s.path("hers"))
	s.verb(1, "encrypt", "-r", "nobody", "-o", s.path("x"), letter)
}

func TestVerbsExitCodes(t *testing.T) {
	s := newShell(t)
	letter := random(t, s.dir, "letter", 200_000)
	s.verb(0, "encrypt", letter)
	raw, err := os.ReadFile(letter + ".age")
	if err != nil {
		t.Fatal(err)
	}
	damaged := s.path("damaged.age")
	raw[len(raw)-1000] ^= 1
	if err := os.WriteFile(damaged, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s.verb(4, "decrypt", damaged)
	s.verb(4, "decrypt", "-o", s.dir, damaged)
	s.with("wrong", 3, "decrypt", damaged)
	s.with("", 2, "encrypt", "--no-such-flag", letter)
	s.with("", 2, "encrypt")
	s.with("", 1, "inspect", letter)
	s.with("", 1, "encrypt", "-r", "age1pq1notakey", letter)
	s.with("", 1, s.path("no-such-file-to-drop"))
	s.gone(damaged, letter+".age")
	if left := list(t, s.dir); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
	for _, verb := range []string{"encrypt", "decrypt", "inspect", "rewrap", "keys", "contacts"} {
		if out, _ := s.with("", 0, verb, "--help"); !strings.Contains(out, "cryptodesk "+verb) || !strings.Contains(out, "--passphrase-fd") {
			t.Errorf("%s --help says %q", verb, out)
		}
	}
}

func TestVerbsNeverRepeatAFlagsValue(t *testing.T) {
	_, said := newShell(t).with("", 2, "encrypt", "--passphrase-fd=hunter2", "x")
	if strings.Contains(said, "hunter2") || !strings.Contains(said, "passphrase-fd") {
		t.Errorf("said %q", said)
	}
}

// Two encrypted key files take two lines of one descriptor, which is named
// before the verb and is the first there is.
func TestVerbsReadOneLineForEachPassphrase(t *testing.T) {
	a, b := newShell(t), newShell(t)
	letter := random(t, a.dir, "letter", 100)
	b.verb(0, "encrypt", letter)
	a.gone(letter)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString(passphrase + "\n" + passphrase + "\n")
	w.Close()
	defer r.Close()
	cmd := exec.CommandContext(patience(t), program, "--passphrase-fd", "0", "decrypt", "--home", a.home,
		"-i", filepath.Join(a.home, "keyring.age"), "-i", filepath.Join(b.home, "keyring.age"), letter+".age")
	cmd.Stdin = r
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// A signal ends a program that waits for a passphrase.
func TestVerbAskingLeavesAtASignal(t *testing.T) {
	s := newShell(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cmd := exec.CommandContext(patience(t), program, "keys", "list", "--passphrase-fd", "3", "--home", s.home)
	cmd.ExtraFiles = []*os.File{r}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if _, err := w.WriteString("half a line"); err != nil {
		t.Fatal(err)
	}
	for !taken(t, w) { // until it reads
	}
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d", code)
	}
}

// taken says whether the other end has read all that was written to a pipe.
func taken(t *testing.T, pipe *os.File) bool {
	t.Helper()
	n, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
	if err != nil {
		t.Fatal(err)
	}
	return n == 0
}

func TestVerbsJSON(t *testing.T) {
	s := newShell(t)
	letter := random(t, s.dir, "letter", 100)
	var key struct{ Name, Kind, Recipient string }
	out, _ := s.verb(0, "keys", "list", "--json")
	if err := json.Unmarshal([]byte(out), &key); err != nil || key.Kind != "hybrid" || !strings.HasPrefix(key.Recipient, "age1pq1") {
		t.Errorf("%v: %s", err, out)
	}
	var row struct{ Path, Out, State string }
	out, _ = s.verb(0, "encrypt", "--json", letter)
	if err := json.Unmarshal([]byte(out), &row); err != nil || row.Out != letter+".age" || row.State != "done" {
		t.Errorf("%v: %s", err, out)
	}
	var seen struct {
		Info struct {
			PostQuantum bool
			PlainSize   int64
		}
	}
	out, _ = s.with("", 0, "inspect", "--json", letter+".age")
	if err := json.Unmarshal([]byte(out), &seen); err != nil || !seen.Info.PostQuantum || seen.Info.PlainSize != 100 {
		t.Errorf("%v: %s", err, out)
	}
	var failed struct {
		Error struct{ Kind, What, Do string }
	}
	out, _ = s.verb(1, "encrypt", "--json", letter)
	if err := json.Unmarshal([]byte(out), &failed); err != nil || failed.Error.Kind != "Exists" || failed.Error.What == "" || failed.Error.Do == "" {
		t.Errorf("%v: %s", err, out)
	}
}

// TestVerbInterrupted stops an encryption that can never end by itself in time, and expects code 130 and no trace.
func TestVerbInterrupted(t *testing.T) {
	s := newShell(t)
	huge := s.path("huge")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 40); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	key := s.path("key.txt")
	must(patience(t), t, "", ageKeygen, "-o", key)
	who := strings.TrimSpace(must(patience(t), t, "", ageKeygen, "-y", key))
	cmd := exec.CommandContext(patience(t), program, "encrypt", "-r", who, "-o", out, "--home", s.home, huge)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for { // until it writes: the result has no name, but the process holds it open
		if holds(t, cmd.Process.Pid, out) {
			break
		}
	}
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d", code)
	}
	if left := list(t, out); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

// holds says whether a process has something in folder open.
func holds(t *testing.T, pid int, folder string) bool {
	t.Helper()
	fds := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	entries, err := os.ReadDir(fds)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil && strings.HasPrefix(to, folder+"/") {
			return true
		}
	}
	return false
}

func TestNoDisplayIsOneSentence(t *testing.T) {
	cmd := exec.CommandContext(patience(t), program, "--home", t.TempDir())
	cmd.Env = []string{"HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || strings.Contains(string(out), "goroutine") || len(out) == 0 {
		t.Errorf("%v: %s", err, out)
	}
}
