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
	transferBar = 3.0 // at least this many times as fast as magic-wormhole
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
	theirs, stop, err := b.newWormhole(plain)
	if err != nil {
		fmt.Printf("  magic-wormhole cannot be run here (%v): only cryptodesk is measured\n", err)
	}
	defer stop()
	var wall, other []time.Duration
	var peak [2]int64
	for i := range b.runs + 1 {
		took, rss, err := ours.run()
		if err != nil {
			return err
		}
		var took2 time.Duration
		if theirs != nil {
			if took2, err = theirs(); err != nil {
				return err
			}
		}
		if i == 0 {
			continue
		}
		wall, other = append(wall, took), append(other, took2)
		for side := range rss {
			peak[side] = max(peak[side], rss[side])
		}
	}
	rate := func(d time.Duration) float64 { return float64(b.size) / d.Seconds() / 1e6 }
	fmt.Printf("  %-22s %6.2f s  %5.0f MB/s  while bytes move: sender %.1f MiB, receiver %.1f MiB\n", "cryptodesk send",
		median(wall).Seconds(), rate(median(wall)), float64(peak[0])/(1<<20), float64(peak[1])/(1<<20))
	if theirs != nil {
		fmt.Printf("  %-22s %6.2f s  %5.0f MB/s\n", "wormhole send", median(other).Seconds(), rate(median(other)))
		bar("times magic-wormhole", median(other).Seconds()/median(wall).Seconds(), transferBar)
	}
	atMost("MiB of the larger side", float64(max(peak[0], peak[1]))/(1<<20), transferMiB)
	return nil
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

// run sends once: how long from the start of the sender until both have ended, and the most memory of either while
// bytes moved.
func (p *pair) run() (took time.Duration, rss [2]int64, err error) {
	in := filepath.Join(p.b.ram, "in")
	if err := os.MkdirAll(in, 0o700); err != nil {
		return 0, rss, err
	}
	defer os.RemoveAll(in)
	to := p.command("receive", "--home", p.to, "--listen", "127.0.0.1:0", "--accept", "from", "--once", "--json", "-o", in)
	heard, err := to.StdoutPipe()
	if err == nil {
		err = onDescriptor(to)
	}
	if err != nil {
		return 0, rss, err
	}
	defer to.Process.Kill()
	lines := bufio.NewReader(heard)
	line, err := lines.ReadString('\n')
	if err != nil {
		return 0, rss, err
	}
	_, address, _ := strings.Cut(line, `["`)
	address, _, _ = strings.Cut(address, `"`)
	from := p.command("send", "--home", p.from, "-t", "to", "--to", address, "--json", p.plain)
	told, err := from.StdoutPipe()
	if err != nil {
		return 0, rss, err
	}
	began := time.Now()
	if err := onDescriptor(from); err != nil {
		return 0, rss, err
	}
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { rss = watchMoving(bufio.NewScanner(told), over, from.Process.Pid, to.Process.Pid) })
	_, err = io.Copy(io.Discard, lines)
	err = errors.Join(err, to.Wait())
	close(over)
	watching.Wait()
	err = errors.Join(err, from.Wait())
	return time.Since(began), rss, err
}

// watchMoving reads what the sender says until bytes move, and then looks at the memory of both until over.
func watchMoving(told *bufio.Scanner, over <-chan struct{}, pids ...int) (most [2]int64) {
	for told.Scan() && !strings.Contains(told.Text(), `"moving"`) {
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		for i, pid := range pids {
			most[i] = max(most[i], residentNow(pid))
		}
		select {
		case <-tick.C:
		case <-over:
			for told.Scan() {
			}
			return most
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
func (b *bench) newWormhole(plain string) (run func() (time.Duration, error), stop func(), err error) {
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
	return func() (time.Duration, error) {
		n++
		code := fmt.Sprintf("%d-bench-mark", n)
		out := filepath.Join(b.ram, "wormhole-out")
		defer os.Remove(out)
		common := []string{"--relay-url=ws://127.0.0.1:" + at + "/v1", "--transit-helper=tcp:127.0.0.1:1"}
		to := exec.Command("wormhole", append(common, "receive", "--accept-file", "--hide-progress", "-o", out, code)...)
		from := exec.Command("wormhole", append(common, "send", "--code", code, "--hide-progress", plain)...)
		began := time.Now()
		if err := errors.Join(from.Start(), to.Start()); err != nil {
			return 0, err
		}
		err := errors.Join(from.Wait(), to.Wait())
		return time.Since(began), err
	}, stop, nil
}
