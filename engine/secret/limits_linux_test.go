package secret

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	stageVar = "SECRET_TEST_STAGE" // "limit" sets the limit and becomes "report"
	limitVar = "SECRET_TEST_MEMLOCK"
	nobody   = 65534
)

// finding is what a child under a limit reports.
type finding struct {
	Before, After, Start Status // before Harden, after it, and after a thousand secrets
	Locked               int    // VmLck in bytes after the first secret
	Wrong                string // what did not work
	MemAsOwner           string // the error of opening /proc/self/mem
	Link                 string // the error of giving a file a second name through /proc/self/fd
	SoftLimit, CoreLimit uint64
}

// TestMain plays the child: the limit can only be set from inside, before the new program starts.
func TestMain(m *testing.M) {
	switch os.Getenv(stageVar) {
	case "limit":
		n, _ := strconv.ParseUint(os.Getenv(limitVar), 10, 64)
		if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: n / 2, Max: n}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		_ = os.Setenv(stageVar, "report")
		fmt.Println(syscall.Exec("/proc/self/exe", os.Args, os.Environ()))
		os.Exit(1)
	case "report":
		_ = json.NewEncoder(os.Stdout).Encode(examine())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestUnderMemoryLimits runs this test program as an ordinary account under the limits people really have: none at all,
// the 64 KiB of older systems, the 8 MiB of today's.
func TestUnderMemoryLimits(t *testing.T) {
	for _, c := range []struct {
		limit int
		start Level // as far as lockable memory is concerned
		end   Level
	}{{0, Partial, Partial}, {64 << 10, Full, Partial}, {8 << 20, Full, Full}} {
		t.Run(fmt.Sprintf("%d KiB", c.limit>>10), func(t *testing.T) {
			f := inChild(t, c.limit)
			if f.Wrong != "" {
				t.Error(f.Wrong)
			}
			if f.SoftLimit != uint64(c.limit) {
				t.Errorf("Harden left the soft limit at %d", f.SoftLimit)
			}
			if f.CoreLimit != 0 {
				t.Errorf("core dumps of %d bytes", f.CoreLimit)
			}
			if got := swapLevel(f.After); got != c.start {
				t.Errorf("after Harden: %v, want level %v", f.After, c.start)
			}
			if got := swapLevel(f.Start); got != c.end {
				t.Errorf("with a thousand secrets: %v, want level %v", f.Start, c.end)
			}
			if (f.Locked > 0) != (c.limit > 0) || f.Locked > c.limit {
				t.Errorf("%d bytes locked", f.Locked)
			}
			if want := os.ErrPermission.Error(); !strings.Contains(f.MemAsOwner, want) {
				t.Errorf("the same account opened the hardened process's memory: %q", f.MemAsOwner)
			}
			if f.Link != "" {
				t.Errorf("a file cannot be published through /proc/self/fd after Harden: %s", f.Link)
			}
			if has(f.After, Readable) || has(f.After, Dumpable) || !has(f.Before, Readable) {
				t.Errorf("before Harden %v, after %v", f.Before, f.After)
			}
		})
	}
}

func inChild(t *testing.T, limit int) (f finding) {
	t.Helper()
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &now); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 && now.Max < uint64(limit) {
		t.Skipf("the hard limit here is %d bytes and only root can raise it", now.Max)
	}
	cmd := exec.Command("/proc/self/exe") // not by name: the test program lies in a folder of root's
	cmd.Dir = "/"
	cmd.Env = []string{stageVar + "=limit", limitVar + "=" + strconv.Itoa(limit)}
	if os.Getuid() == 0 {
		if err := unix.Prlimit(0, unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: now.Cur, Max: max(now.Max, uint64(limit))}, nil); err != nil {
			t.Skipf("the hard limit cannot be raised to %d here: %v", limit, err)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, complaints.Bytes())
	}
	if err := json.Unmarshal(out, &f); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return f
}

// examine is the child's work: all of the package under whatever limit is in force.
func examine() (f finding) {
	f.Before = Protection()
	f.After = Harden()
	Harden()
	New(1).Destroy()
	f.Locked = lockedNow()
	if _, err := os.Open("/proc/self/mem"); err != nil {
		f.MemAsOwner = err.Error()
	}
	f.Link = linkThroughProc()
	var l unix.Rlimit
	_ = unix.Getrlimit(unix.RLIMIT_MEMLOCK, &l)
	f.SoftLimit = l.Cur
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &l)
	f.CoreLimit = l.Cur
	var wiped [][]byte
	var all []*Buffer
	for i := range 1000 {
		b := New(20 + i%100)
		b.Bytes()[19] = byte(i)
		all = append(all, b, New(1000)) // 1000 pages
		wiped = append(wiped, b.Bytes())
	}
	f.Start = Protection()
	for i := range wiped {
		if wiped[i][19] != byte(i) {
			f.Wrong = "a secret changed"
		}
	}
	k := Seal(all[0].Clone())
	if err := k.Open(func(b []byte) error { b[0] = 1; return nil }); err != nil {
		f.Wrong = "a sealed key did not open"
	}
	for _, b := range all {
		b.Destroy()
	}
	for _, b := range wiped {
		if !bytes.Equal(b, make([]byte, len(b))) {
			f.Wrong = "a secret outlived Destroy"
		}
	}
	return f
}

// linkThroughProc does what safefile does; being closed to others must not close /proc/self/fd to ourselves.
func linkThroughProc() string {
	dir, err := os.MkdirTemp("", "secret")
	if err != nil {
		return err.Error()
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(dir + "/a")
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	err = unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", f.Fd()), unix.AT_FDCWD, dir+"/b", unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return err.Error()
	}
	return ""
}

func lockedNow() int {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return -1
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kib int
		if _, err := fmt.Sscanf(s.Text(), "VmLck: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return -1
}

func has(s Status, r Reason) bool {
	for _, have := range s.Reasons {
		if have == r {
			return true
		}
	}
	return false
}

func swapLevel(s Status) Level {
	if has(s, Swappable) {
		return Partial
	}
	return Full
}

// TestFaultInDoIsAPanic touches the guard page behind a buffer, as a slice of memory that is gone would.
func TestFaultInDoIsAPanic(t *testing.T) {
	b := New(4096)
	defer b.Destroy()
	guard := (*byte)(unsafe.Add(unsafe.Pointer(&b.Bytes()[4095]), 1))
	got := func() (p any) {
		defer func() { p = recover() }()
		Do(func() { *guard = 1 })
		return nil
	}()
	if got == nil {
		t.Fatal("the guard page could be written")
	}
	Do(func() { b.Bytes()[4095] = 1 })
}
