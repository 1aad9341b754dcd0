//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// contender is something that runs against others. Its fields after argv are
// filled by a contest.
type contender struct {
	name string
	argv [][]string // commands, one after the other
	dir  string     // where they run
	out  []string   // files or folders to remove before each run
	make []string   // folders to make before each run

	start func(*exec.Cmd) error // starts each command; nil is plainly

	wall []time.Duration
	cpu  []time.Duration // user and system time of all processes
	peak int64           // largest resident set of one process, bytes
}

// contest runs every contender once to warm up and then runs times, in rounds
// of random order: what the one before leaves of the page cache and of the
// disk's own cache helps or hurts the next, so nobody may always follow the same.
func contest(runs int, all ...*contender) error {
	for i := range runs + 1 {
		for _, k := range rand.Perm(len(all)) {
			c := all[k]
			if err := c.run(i > 0); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for _, c := range all {
		if err := c.clean(); err != nil {
			return err
		}
	}
	return nil
}

func (c *contender) clean() error {
	for _, path := range c.out {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

func (c *contender) run(counts bool) error {
	if err := c.clean(); err != nil {
		return err
	}
	for _, dir := range c.make {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	syscall.Sync() // what others left to be written is not this one's work
	var wall, cpu time.Duration
	for _, argv := range c.argv {
		w, u, err := c.execute(argv)
		if err != nil {
			return err
		}
		wall, cpu = wall+w, cpu+u
	}
	if counts {
		c.wall, c.cpu = append(c.wall, wall), append(c.cpu, cpu)
	}
	return nil
}

func (c *contender) execute(argv []string) (wall, cpu time.Duration, err error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = c.dir
	var said strings.Builder
	cmd.Stderr = &said
	start := (*exec.Cmd).Start
	if c.start != nil {
		start = c.start
	}
	began := time.Now()
	if err = start(cmd); err == nil {
		err = cmd.Wait()
	}
	wall = time.Since(began)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w: %s", argv[0], err, strings.TrimSpace(said.String()))
	}
	// Linux counts in KiB. A child starts with the peak of its parent, so this
	// program must stay smaller than what it measures: it holds no file.
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	c.peak = max(c.peak, usage.Maxrss<<10)
	return wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func (c *contender) seconds() float64 { return median(c.wall).Seconds() }

// against is how many times as fast as other it is, by medians; and by the
// median of the ratios of each round, which noise that lasts longer than a
// round does not move.
func (c *contender) against(other *contender) (ratio, paired float64) {
	ratios := make([]float64, len(c.wall))
	for i := range c.wall {
		ratios[i] = other.wall[i].Seconds() / c.wall[i].Seconds()
	}
	return other.seconds() / c.seconds(), median(ratios)
}

func median[T int64 | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// atMost is bar for what should be small.
func atMost(name string, got, most float64) {
	kept := "kept"
	if got > most {
		kept = "MISSED"
	}
	fmt.Printf("  %-52s %6.2f  (bar %.2f: %s)\n", name, got, most, kept)
}

// bar prints a promise and whether it was kept.
func bar(name string, got, want float64) {
	kept := "kept"
	if got < want {
		kept = "MISSED"
	}
	fmt.Printf("  %-52s %6.2f  (bar %.2f: %s)\n", name, got, want, kept)
}
