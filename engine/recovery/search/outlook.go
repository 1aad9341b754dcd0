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
	crew := make([]*scrypt, team.Workers)
	for i := range crew {
		if crew[i], err = newScrypt(1<<t.lock.LogN, ageR, ageP); err != nil {
			return 0, err
		}
		defer crew[i].close()
		crew[i].stop = &stop
	}
	var all sync.WaitGroup
	rates := make([]float64, len(crew))
	for i, k := range crew {
		all.Go(func() {
			defer secret.Guard()
			rates[i] = t.measure(k)
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

func (t *Target) measure(k *scrypt) float64 {
	var key [keySize]byte
	k.key(key[:], []byte("a first guess"), t.lock.Salt)
	from := time.Now()
	for n := 1; ; n++ {
		if !k.key(key[:], []byte("to measure with"), t.lock.Salt) {
			return 0
		}
		if took := time.Since(from); took >= leastMeasured {
			return float64(n) / took.Seconds()
		}
	}
}
