package search

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Outlook is what a search takes until its last guess. It is also the cause of
// a fault.Hopeless.
type Outlook struct {
	Guesses uint64
	Exact   bool    // false: that many at most
	Rate    float64 // guesses a second
	Seconds float64
}

// Expect is the outlook for that many guesses at a rate.
func Expect(guesses uint64, exact bool, rate float64) Outlook {
	o := Outlook{Guesses: guesses, Exact: exact, Rate: rate}
	switch {
	case guesses == 0:
	case rate > 0:
		o.Seconds = float64(guesses) / rate
	default:
		o.Seconds = math.Inf(1)
	}
	return o
}

// Error is for logs and details to copy.
func (o Outlook) Error() string {
	return fmt.Sprintf("%d guesses at %.3g a second are %.3g years", o.Guesses, o.Rate, o.Seconds/(365*24*3600))
}

// leastMeasured is how long a measurement takes, after a first guess that
// brings the memory in.
const leastMeasured = time.Second

// Measure says how many guesses a second the team tries on this computer as it
// is now. It takes about two seconds, and the team's memory meanwhile. Errors:
// MemoryShort, Cancelled.
func (t *Target) Measure(ctx context.Context, team Team) (rate float64, err error) {
	var stop atomic.Bool
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	crew, err := t.take(team, &stop)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	rates := make([]float64, len(crew))
	for i, side := range crew {
		all.Go(func() {
			defer secret.Guard()
			defer giveBack(side)
			rates[i] = t.measure(side)
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return 0, fault.New(fault.Cancelled, t.path, ctx.Err())
	}
	for _, r := range rates {
		rate += r
	}
	return rate, nil
}

func (t *Target) measure(side []*scrypt) float64 {
	var key [keySize]byte
	var from time.Time
	for n := -1; ; n++ { // the first brings the memory in
		if n == 0 {
			from = time.Now()
		}
		for _, k := range side {
			k.begin([]byte("to measure with"), t.lock.Salt)
		}
		if !mix(side...) {
			return 0
		}
		for _, k := range side {
			k.end(key[:])
		}
		if took := time.Since(from); n > 0 && took >= leastMeasured {
			return float64(n*len(side)) / took.Seconds()
		}
	}
}
