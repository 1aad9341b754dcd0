package trace

import (
	"time"

	"fyne.io/fyne/v2"
)

// beat is how often the window is asked whether it answers: once a frame. tally is how often that is reported.
const (
	beat  = time.Second / 60
	tally = time.Second
)

// pace finds out how smoothly the window runs: while traced, something tiny is sent to its goroutine at every beat, and
// about once a second the longest pauses are reported, in milliseconds:
//
//	{"event":"ui.pace","beats":58,"wait":11.2,"gap":27.9,"cpu":8.4}
//
// "wait" is the longest time from sending to running, and a frame took at least that; "gap" is the longest time between
// two runs, and no frame took longer. "cpu" is the most processor time that the window's thread used between two runs:
// other programs that keep the machine busy make the first two longer and leave this one alone (0 where it is not known).
type pace struct {
	beats          int
	wait, gap, cpu time.Duration
	last           time.Time     // the last run
	used           time.Duration // of the processor, by then
	since          time.Time     // the last report
}

// ran takes one beat into account, and answers what to report, or nil.
func (p *pace) ran(sent, now time.Time, used time.Duration) map[string]any {
	if p.last.IsZero() {
		p.last, p.since, p.used = now, now, used
		return nil
	}
	p.beats++
	p.wait, p.gap = max(p.wait, now.Sub(sent)), max(p.gap, now.Sub(p.last))
	p.cpu = max(p.cpu, used-p.used)
	p.last, p.used = now, used
	if now.Sub(p.since) < tally {
		return nil
	}
	report := map[string]any{"beats": p.beats, "wait": milliseconds(p.wait), "gap": milliseconds(p.gap), "cpu": milliseconds(p.cpu)}
	*p = pace{last: now, since: now, used: used}
	return report
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// keepPace measures until the program ends.
func keepPace() {
	var p pace
	for range time.Tick(beat) {
		sent := time.Now()
		var now time.Time
		var used time.Duration
		fyne.DoAndWait(func() { now, used = time.Now(), threadTime() })
		if report := p.ran(sent, now, used); report != nil {
			Event("ui.pace", report)
		}
	}
}
