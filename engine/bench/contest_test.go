//go:build linux

package main

import (
	"testing"
	"time"
)

func TestAgainstComparesMediansAndRounds(t *testing.T) {
	ms := func(all ...int) (d []time.Duration) {
		for _, n := range all {
			d = append(d, time.Duration(n)*time.Millisecond)
		}
		return d
	}
	ours := &contender{wall: ms(10, 100, 20)} // a slow round slows both
	other := &contender{wall: ms(20, 300, 30)}
	ratio, paired := ours.against(other)
	if ratio != 1.5 || paired != 2 {
		t.Errorf("by medians %v, by rounds %v", ratio, paired)
	}
}

func TestContestStartsFromNothingEachRun(t *testing.T) {
	out := t.TempDir() + "/out"
	c := &contender{name: "mkdir", argv: [][]string{{"mkdir", out}}, out: []string{out}}
	if err := contest(3, c); err != nil {
		t.Fatal(err)
	}
	if len(c.wall) != 3 || len(c.cpu) != 3 || c.peak == 0 {
		t.Errorf("%d runs, peak %d", len(c.wall), c.peak)
	}
	c.argv = [][]string{{"mkdir", out}, {"mkdir", out}}
	if contest(1, c) == nil {
		t.Error("a command that fails counts as fast")
	}
}
