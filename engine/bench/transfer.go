//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	transferBar = 3.0 // at least this many times as fast as magic-wormhole: the bytes on their way, and everything
	transferMiB = 64  // at most so much of each side while bytes move
)

// transfer sends the large file from one program to another over loopback, tmpfs to tmpfs, whole processes with
// unlocking and encrypting, against magic-wormhole with a mailbox server of its own.
func (b *bench) transfer() error {
	fmt.Printf("\nsending %d MiB over loopback, tmpfs to tmpfs, whole processes, medians of %d interleaved runs\n", b.size>>20, b.runs)
	plain := filepath.Join(b.ram, "plain")
	if err := randomFile(plain, b.size); err != nil {
		return err
	}
	defer os.Remove(plain)
	ours, err := b.newPair(plain)
	if err != nil {
		return err
	}
	theirs, stop, err := b.newWormhole()
	if err != nil {
		fmt.Printf("  magic-wormhole cannot be run here (%v): only cryptodesk is measured\n", err)
	}
	defer stop()
	var whole, unlocking, encrypting, moving, other []time.Duration
	var peak [2]int64
	for i := range b.runs + 1 {
		t, err := ours.run()
		if err != nil {
			return err
		}
		var took time.Duration
		if theirs != nil {
			if took, err = theirs(plain); err != nil {
				return err
			}
		}
		if i == 0 {
			continue
		}
		whole, unlocking, encrypting, moving = append(whole, t.whole), append(unlocking, t.preparing), append(encrypting, t.moving-t.preparing), append(moving, t.whole-t.moving)
		other = append(other, took)
		for side := range t.peak {
			peak[side] = max(peak[side], t.peak[side])
		}
	}
	rate := func(d time.Duration) float64 { return float64(b.size) / d.Seconds() / 1e6 }
	fmt.Printf("  %-22s %6.2f s  %5.0f MB/s  unlocking %.2f s, encrypting %.2f s, moving %.2f s, which is %.0f MB/s\n", "cryptodesk send", median(whole).Seconds(),
		rate(median(whole)), median(unlocking).Seconds(), median(encrypting).Seconds(), median(moving).Seconds(), rate(median(moving)))
	fmt.Printf("  %-22s while bytes move: sender %.1f MiB, receiver %.1f MiB\n", "", float64(peak[0])/(1<<20), float64(peak[1])/(1<<20))
	if theirs != nil {
		meeting, err := b.meeting(theirs)
		if err != nil {
			return err
		}
		fmt.Printf("  %-22s %6.2f s  %5.0f MB/s  meeting %.2f s, moving %.2f s, which is %.0f MB/s\n", "wormhole send", median(other).Seconds(),
			rate(median(other)), meeting.Seconds(), (median(other) - meeting).Seconds(), rate(median(other)-meeting))
		bar("moving, times magic-wormhole", (median(other)-meeting).Seconds()/median(moving).Seconds(), transferBar)
		bar("everything, times magic-wormhole", median(other).Seconds()/median(whole).Seconds(), transferBar)
	}
	atMost("MiB of the larger side", float64(max(peak[0], peak[1]))/(1<<20), transferMiB)
	return nil
}

// meeting is how long the wormhole program takes for one byte.
func (b *bench) meeting(run func(string) (time.Duration, error)) (time.Duration, error) {
	tiny := filepath.Join(b.ram, "tiny")
	if err := randomFile(tiny, 1); err != nil {
		return 0, err
	}
	defer os.Remove(tiny)
	var all []time.Duration
	for range b.runs {
		took, err := run(tiny)
		if err != nil {
			return 0, err
		}
		all = append(all, took)
	}
	return median(all), nil
}

// pair is two profiles that know each other.
type pair struct {
	b        *bench
	plain    string
	from, to string // profile folders
}

func (b *bench) newPair(plain string) (*pair, error) {
	p := &pair{b: b, plain: plain, from: filepath.Join(b.ram, "from"), to: filepath.Join(b.ram, "to")}
	cards := map[string]string{}
	for _, home := range []string{p.from, p.to} {
		name := filepath.Base(home)
		for _, words := range [][]string{{"new", name}, {"export", "--card", "-o", filepath.Join(b.ram, name+".txt")}} {
			if err := p.verb(append([]string{"keys", "--home", home}, words...)...); err != nil {
				return nil, err
			}
		}
		cards[home] = filepath.Join(b.ram, name+".txt")
	}
	return p, errors.Join(p.verb("contacts", "--home", p.from, "add", cards[p.to]), p.verb("contacts", "--home", p.to, "add", cards[p.from]))
}

func (p *pair) command(args ...string) *exec.Cmd {
	return exec.Command(p.b.program, append(args, "--passphrase-fd", "3")...)
}

func (p *pair) verb(args ...string) error {
	cmd := p.command(append(args, "--quiet")...)
	var said strings.Builder
	cmd.Stderr = &said
	if err := onDescriptor(cmd); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, said.String())
	}
	return nil
}

// sent is how one sending went: when the sender had unlocked, when bytes began to move and when both programs had ended,
// from its start on, and the most memory of either while bytes moved.
type sent struct {
	preparing, moving, whole time.Duration
	peak                     [2]int64
}

func (p *pair) run() (t sent, err error) {
	in := filepath.Join(p.b.ram, "in")
	if err := os.MkdirAll(in, 0o700); err != nil {
		return t, err
	}
	defer os.RemoveAll(in)
	to := p.command("receive", "--home", p.to, "--listen", "127.0.0.1:0", "--accept", "from", "--once", "--json", "-o", in)
	heard, err := to.StdoutPipe()
	if err == nil {
		err = onDescriptor(to)
	}
	if err != nil {
		return t, err
	}
	defer to.Process.Kill()
	lines := bufio.NewReader(heard)
	line, err := lines.ReadString('\n')
	if err != nil {
		return t, err
	}
	_, address, _ := strings.Cut(line, `["`)
	address, _, _ = strings.Cut(address, `"`)
	from := p.command("send", "--home", p.from, "-t", "to", "--to", address, "--json", p.plain)
	told, err := from.StdoutPipe()
	if err != nil {
		return t, err
	}
	began := time.Now()
	if err := onDescriptor(from); err != nil {
		return t, err
	}
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { t.watch(began, bufio.NewScanner(told), over, from.Process.Pid, to.Process.Pid) })
	_, err = io.Copy(io.Discard, lines)
	err = errors.Join(err, to.Wait())
	close(over)
	watching.Wait()
	err = errors.Join(err, from.Wait())
	t.whole = time.Since(began)
	return t, err
}

// watch reads what the sender says until bytes move, and then looks at the memory of both until over.
func (t *sent) watch(began time.Time, told *bufio.Scanner, over <-chan struct{}, pids ...int) {
	for told.Scan() {
		if t.preparing == 0 {
			t.preparing = time.Since(began)
		}
		if strings.Contains(told.Text(), `"moving"`) {
			t.moving = time.Since(began)
			break
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		for i, pid := range pids {
			t.peak[i] = max(t.peak[i], residentNow(pid))
		}
		select {
		case <-tick.C:
		case <-over:
			for told.Scan() {
			}
			return
		}
	}
}

// residentNow is the resident set of a process now, in bytes; 0 when it is gone.
func residentNow(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// newWormhole starts a mailbox server for the wormhole program of the system, which then talks directly over loopback.
func (b *bench) newWormhole() (run func(path string) (time.Duration, error), stop func(), err error) {
	stop = func() {}
	if _, err := exec.LookPath("wormhole"); err != nil {
		return nil, stop, err
	}
	const at = "4000"
	server := exec.Command("twistd3", "-n", "--pidfile=", "wormhole-mailbox", "--port=tcp:"+at+":interface=127.0.0.1", "--channel-db=:memory:")
	server.Dir = b.ram
	if err := server.Start(); err != nil {
		return nil, stop, err
	}
	stop = func() { server.Process.Kill(); server.Wait() }
	n := 0
	return func(path string) (time.Duration, error) {
		n++
		code := fmt.Sprintf("%d-bench-mark", n)
		out := filepath.Join(b.ram, "wormhole-out")
		defer os.Remove(out)
		common := []string{"--relay-url=ws://127.0.0.1:" + at + "/v1", "--transit-helper=tcp:127.0.0.1:1"}
		to := exec.Command("wormhole", append(common, "receive", "--accept-file", "--hide-progress", "-o", out, code)...)
		from := exec.Command("wormhole", append(common, "send", "--code", code, "--hide-progress", path)...)
		began := time.Now()
		if err := errors.Join(from.Start(), to.Start()); err != nil {
			return 0, err
		}
		err := errors.Join(from.Wait(), to.Wait())
		return time.Since(began), err
	}, stop, nil
}
