package search

import (
	"math"
	"time"

	"cryptodesk/engine/fault"
)

// Progress is a snapshot of a search.
type Progress struct {
	State   State
	Count   Count  // zero while counting
	Done    uint64 // guesses of this shard
	Total   uint64
	Level   int           // deviations of the guesses being tried
	Rate    float64       // guesses a second: over the last minute
	Left    time.Duration // <0 while unknown; until the last guess, and the right one may come sooner
	Elapsed time.Duration // pauses not counted
	Problem *fault.Error  // why the checkpoint cannot be written, nil if it can
}

// Progress is where the search is.
func (s *Search) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Progress{State: s.state, Count: s.count, Level: s.level, Left: -1, Elapsed: s.running(), Problem: s.problem}
	p.Total = s.own(s.count.Total)
	p.Done = min(p.Total, s.own(s.reached())) - uint64(len(s.flight))
	if s.state == Running {
		p.Rate = s.meter.rate(s.now())
	}
	rate := p.Rate
	if rate == 0 {
		rate = s.opt.Rate
	}
	switch {
	case s.state.Over():
		p.Left = 0
	case s.state != Counting && rate > 0:
		p.Left = time.Duration(min(float64(p.Total-p.Done)/rate*1e9, math.MaxInt64/2))
	}
	return p
}

// own is how many of the guesses before number are of this shard.
func (s *Search) own(number uint64) uint64 {
	return (number + s.opt.Shards - 1 - s.opt.Shard) / s.opt.Shards
}

// meter is a moving average over about a minute.
type meter struct {
	from, mark time.Time // when counting began, and when half of the window ends
	n, newer   uint64    // guesses since from, and since mark
}

const window = time.Minute

func (m *meter) begin(now time.Time) { *m = meter{from: now, mark: now.Add(window / 2)} }

func (m *meter) add(now time.Time) {
	m.n++
	if now.After(m.mark) {
		m.newer++
	}
	if now.Sub(m.mark) > window/2 {
		m.from, m.n = m.mark, m.newer
		m.mark, m.newer = now, 0
	}
}

func (m *meter) rate(now time.Time) float64 {
	seconds := now.Sub(m.from).Seconds()
	if m.n == 0 || seconds <= 0 {
		return 0
	}
	return float64(m.n) / seconds
}
