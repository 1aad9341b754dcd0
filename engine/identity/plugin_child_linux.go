package identity

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// age's client keeps the plugin's process to itself. Linux tells which
// processes a thread started: proc(5), task/TID/children.

func threadID() int64 { return int64(syscall.Gettid()) }

// interruptChildren asks what the thread started to end.
func interruptChildren(thread int64) {
	for _, pid := range children("self", thread) {
		signal(pid, os.Interrupt)
	}
}

// killChildren ends what the thread started, and what that started in turn.
func killChildren(thread int64) {
	for _, pid := range children("self", thread) {
		killTree(pid)
	}
}

func killTree(pid int) {
	process := strconv.Itoa(pid)
	threads, _ := os.ReadDir("/proc/" + process + "/task")
	var below []int
	for _, t := range threads {
		thread, _ := strconv.ParseInt(t.Name(), 10, 64)
		below = append(below, children(process, thread)...)
	}
	signal(pid, os.Kill)
	for _, child := range below {
		killTree(child)
	}
}

func signal(pid int, s os.Signal) {
	if p, err := os.FindProcess(pid); err == nil { // a handle, not a number that may be another's by now
		_ = p.Signal(s)
		_ = p.Release()
	}
}

// written is how many bytes the thread's children wrote, to whatever file.
func written(thread int64) (sum int64) {
	for _, pid := range children("self", thread) {
		text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/io")
		for line := range bytes.Lines(text) {
			if n, ok := bytes.CutPrefix(line, []byte("wchar: ")); ok {
				bytes, _ := strconv.ParseInt(strings.TrimSpace(string(n)), 10, 64)
				sum += bytes
			}
		}
	}
	return sum
}

func children(process string, thread int64) (pids []int) {
	if thread == 0 {
		return nil
	}
	text, _ := os.ReadFile("/proc/" + process + "/task/" + strconv.FormatInt(thread, 10) + "/children")
	for _, field := range strings.Fields(string(text)) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
