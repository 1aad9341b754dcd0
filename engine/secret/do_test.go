package secret

import (
	"testing"
	"time"
)

// What a Do leaves is swept up by itself, once the last of a burst is over, and no sooner.
func TestDoSettlesByItself(t *testing.T) {
	before := waitSettled(t, 0)
	hold, held, over := make(chan bool), make(chan bool), make(chan bool)
	go func() {
		Do(func() { held <- true; <-hold })
		close(over)
	}()
	<-held
	for range 1000 {
		Do(func() {})
		if Settled() != 0 {
			t.Fatal("settled while one was running")
		}
	}
	close(hold)
	<-over
	waitSettled(t, before)
}

// waitSettled waits for a later sweep than before; the test's own time limit bounds it.
func waitSettled(t *testing.T, before uint64) uint64 {
	t.Helper()
	for {
		if n := Settled(); n > before {
			return n
		}
		select {
		case <-t.Context().Done():
			t.Fatal("never settled")
		case <-time.After(calm / 10):
		}
	}
}
