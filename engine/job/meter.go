package job

import "time"

const (
	// samplePause and samples make a window of five seconds: long enough to
	// bridge a flush of the disk, short enough to follow a change of pace.
	samplePause = 100 * time.Millisecond
	samples     = 50
	window      = samples * samplePause

	// The time left is shown once it is more than a guess.
	knownAfter    = time.Second
	knownFraction = 0.02
)

// sample is how far something was at a time since its start. work is what time
// is spent on: bytes, and for a whole job also what each row costs.
type sample struct {
	at          time.Duration
	bytes, work int64
}

// meter is a moving average over the samples of its readers: it needs no timer,
// and one reader or ten give the same figures. The start counts as a sample.
type meter struct {
	ring  [samples]sample
	count int // samples ever taken
}

// rates are the bytes and the work per second over the last window, or since
// the last sample when nobody looked for that long.
func (m *meter) rates(now sample) (bytes, work float64) {
	from := m.oldest(now.at)
	if m.count == 0 || now.at-m.last().at >= samplePause {
		m.ring[m.count%samples] = now
		m.count++
	}
	seconds := (now.at - from.at).Seconds()
	if seconds <= 0 {
		return 0, 0
	}
	return float64(now.bytes-from.bytes) / seconds, float64(now.work-from.work) / seconds
}

func (m *meter) last() sample {
	if m.count == 0 {
		return sample{}
	}
	return m.ring[(m.count-1)%samples]
}

// oldest is the oldest sample inside the window before at, else the newest.
func (m *meter) oldest(at time.Duration) sample {
	if m.count < samples && at <= window {
		return sample{} // the start
	}
	for i := max(0, m.count-samples); i < m.count; i++ {
		if s := m.ring[i%samples]; at-s.at <= window {
			return s
		}
	}
	return m.last()
}

// left is the time the rest of total takes at pace per second, or -1 while that
// is not known.
func left(now sample, total int64, pace float64) time.Duration {
	if total < 0 || now.at < knownAfter || pace <= 0 || float64(now.work) < knownFraction*float64(total) {
		return -1
	}
	const longest = 1 << 62 // a duration holds 292 years
	ns := float64(max(0, total-now.work)) / pace * float64(time.Second)
	return time.Duration(min(ns, longest))
}
