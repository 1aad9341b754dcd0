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
//	{"event":"ui.pace","beats":58,"wait":11.2,"gap":27.9}
//
// "wait" is the longest time from sending to running, and a frame took at least that; "gap" is the longest time between
// two runs, and no frame took longer. The difference is at most a beat, and what the machine keeps other programs busy.
type pace struct {
	beats     int
	wait, gap time.Duration
	last      time.Time // the last run
	since     time.Time // the last report
}

// ran takes one beat into account, and answers what to report, or nil.
func (p *pace) ran(sent, now time.Time) map[string]any {
	if p.last.IsZero() {
		p.last, p.since = now, now
		return nil
	}
	p.beats++
	p.wait, p.gap = max(p.wait, now.Sub(sent)), max(p.gap, now.Sub(p.last))
	p.last = now
	if now.Sub(p.since) < tally {
		return nil
	}
	report := map[string]any{"beats": p.beats, "wait": milliseconds(p.wait), "gap": milliseconds(p.gap)}
	*p = pace{last: now, since: now}
	return report
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// keepPace measures until the program ends.
func keepPace() {
	var p pace
	for range time.Tick(beat) {
		sent := time.Now()
		var now time.Time
		fyne.DoAndWait(func() { now = time.Now() })
		if report := p.ran(sent, now); report != nil {
			Event("ui.pace", report)
		}
	}
}
