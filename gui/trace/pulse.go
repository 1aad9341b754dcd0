package trace

import "time"

// Pulse writes {"event": name, "n": of()} whenever that number changes, within a few hundredths of a second. Call it
// before the window is shown.
func Pulse(name string, of func() uint64) {
	if !On() {
		return
	}
	go func() {
		last := of()
		Event(name, map[string]any{"n": last})
		for range time.Tick(interval / 2) {
			if now := of(); now != last {
				last = now
				Event(name, map[string]any{"n": now})
			}
		}
	}()
}
