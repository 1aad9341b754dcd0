//go:build e2e && linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// idle is how long the idle program is watched.
const idle = 10 * time.Second

// TestStartCost measures and prints; it judges nothing, because the figures belong to the machine.
func TestStartCost(t *testing.T) {
	ctx := patience(t)
	d, err := desk.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	home := profile(t)
	var starts []time.Duration
	for range 7 {
		begin := time.Now()
		p, err := d.StartUntraced(ctx, program, t.TempDir(), "--home", home)
		if err != nil {
			t.Fatal(err)
		}
		starts = append(starts, time.Since(begin))
		if len(starts) == 7 {
			measureIdle(t, p)
		}
		p.Kill()
	}
	first := starts[0]
	slices.Sort(starts)
	t.Logf("start to mapped window: first %v, median of %d %v, slowest %v", first.Round(time.Millisecond), len(starts),
		starts[len(starts)/2].Round(time.Millisecond), starts[len(starts)-1].Round(time.Millisecond))
}

// measureIdle watches a program at its lock screen.
func measureIdle(t *testing.T, p *desk.Program) {
	if err := p.Shot(t.Context(), t.TempDir()+"/idle.png"); err != nil { // returns when drawing has ended
		t.Fatal(err)
	}
	before := ticks(t, p.PID())
	<-time.After(idle) // the measurement itself
	used := ticks(t, p.PID()) - before
	resident, anonymous := memory(t, p.PID())
	t.Logf("idle at the lock screen: CPU %.1f %% of one core over %v, resident %.1f MiB, of it anonymous %.1f MiB",
		float64(used)/100/idle.Seconds()*100, idle, resident, anonymous)
}

// ticks is the CPU time of a process in 1/100 s, the unit of /proc on Linux: fields 14 and 15 of stat (proc(5)).
func ticks(t *testing.T, pid int) (n int) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:])) // the first is field 3
	for _, f := range fields[11:13] {
		v, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		n += v
	}
	return n
}

// memory is VmRSS and RssAnon of /proc/PID/status in MiB: readable also where the program forbids more.
func memory(t *testing.T, pid int) (resident, anonymous float64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			resident = kib / 1024
		case "RssAnon":
			anonymous = kib / 1024
		}
	}
	return resident, anonymous
}
