//go:build e2e && linux

package proof

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"cryptodesk/engine/secret/scan"
)

// halted stops a process, calls f when all its threads stand still, and lets it go on.
func halted(ctx context.Context, pid int, f func() error) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	defer syscall.Kill(pid, syscall.SIGCONT)
	for !still(pid) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		runtime.Gosched()
	}
	return f()
}

// still says whether every thread is in state T (proc_pid_stat(5)).
func still(pid int) bool {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(tasks) == 0 {
		return false
	}
	for _, task := range tasks {
		stat, err := os.ReadFile(task)
		if err != nil {
			continue // a thread that ended
		}
		if rest := stat[bytes.LastIndexByte(stat, ')')+1:]; !bytes.HasPrefix(rest, []byte(" T")) {
			return false
		}
	}
	return true
}

// plant writes every needle into memory of a stopped process that holds zeros, searches, and puts the zeros back.
func plant(ctx context.Context, pid int, set *scan.Set) (*scan.Report, error) {
	var all []byte
	set.Each(func(_ scan.Kind, _ string, text []byte) { all = append(append(all, text...), make([]byte, 16)...) })
	mem, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	at, err := zeroed(pid, mem, len(all)+16)
	if err != nil {
		return nil, err
	}
	if _, err := mem.WriteAt(all, at+16); err != nil {
		return nil, err
	}
	defer mem.WriteAt(make([]byte, len(all)), at+16)
	return set.Process(ctx, pid)
}

// zeroed finds n zero bytes in anonymous, writable memory.
func zeroed(pid int, mem *os.File, n int) (int64, error) {
	table, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return 0, err
	}
	defer table.Close()
	want, got := make([]byte, n), make([]byte, n)
	for lines := bufio.NewScanner(table); lines.Scan(); {
		var from, to int64
		var perms string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &perms); err != nil || perms != "rw-p" || len(strings.Fields(lines.Text())) > 5 {
			continue
		}
		for at := from; at+int64(n) <= to; at += 1 << 16 {
			if _, err := mem.ReadAt(got, at); err == nil && bytes.Equal(got, want) {
				return at, nil
			}
		}
	}
	return 0, fmt.Errorf("no %d zero bytes to write to", n)
}

// core writes a core of the process, and says how: by gdb if it is there and PROOF_CORE asks for it (it takes many seconds),
// told to leave nothing out; else all readable memory in a row.
func core(ctx context.Context, pid int, path string) (how string, err error) {
	if _, err := exec.LookPath("gdb"); err == nil && os.Getenv("PROOF_CORE") == "gdb" {
		cmd := exec.CommandContext(ctx, "gdb", "-q", "-batch", "-nx", "-iex", "set auto-solib-add off", "-iex", "set debuginfod enabled off",
			"-ex", "set dump-excluded-mappings on", "-ex", "set use-coredump-filter off",
			"-ex", fmt.Sprintf("attach %d", pid), "-ex", "gcore "+path, "-ex", "detach")
		out, err := cmd.CombinedOutput()
		if _, there := os.Stat(path); err != nil || there != nil {
			return "", fmt.Errorf("gdb: %w: %s", err, out)
		}
		return "gdb", nil
	}
	return "own", halted(ctx, pid, func() error { return dump(pid, path) })
}

func dump(pid int, path string) error {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return err
	}
	defer mem.Close()
	table, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	chunk := make([]byte, 1<<20)
	for line := range strings.Lines(string(table)) {
		var from, to int64
		var perms string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &perms); err != nil || perms[0] != 'r' {
			continue
		}
		for at := from; at < to; {
			n, _ := mem.ReadAt(chunk[:min(int64(len(chunk)), to-at)], at)
			if n == 0 {
				break
			}
			if _, err := out.Write(chunk[:n]); err != nil {
				return err
			}
			at += int64(n)
		}
	}
	return nil
}
