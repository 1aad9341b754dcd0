package passphrase

import "math"

// AttackRate is the number of guesses a second the times assume, against age's scrypt at its usual cost (logN 18, r 8).
// One guess writes and reads 256 MiB, so a graphics card with 1 TB/s of memory bandwidth cannot exceed 2,000 a second and in
// practice does a few hundred. 100,000 a second is a few hundred such cards working for nobody else: more than a thief has,
// less than a state could buy. Two ordinary processor cores do 1.8 a second, measured.
const AttackRate = 100_000

// Level is a coarse verdict, for colours and words.
type Level int

const (
	VeryWeak  Level = iota // falls within an hour
	Weak                   // within a month
	Fair                   // within ten years
	Strong                 // within a thousand years
	Excellent              // holds
)

const (
	minute  = 60
	hour    = 60 * minute
	day     = 24 * hour
	month   = 30 * day
	year    = 365 * day
	century = 100 * year
)

// Strength says how many guesses an attacker who knows people's habits is expected to need, and how long that takes.
type Strength struct {
	Log10Guesses float64 // decimal logarithm of the number of guesses until it is surely found
	Level        Level
	Seconds      float64 // expected time, half of the guesses at AttackRate
}

func strengthOf(log10 float64) Strength {
	s := Strength{Log10Guesses: log10, Seconds: math.Pow(10, log10) / 2 / AttackRate}
	switch {
	case s.Seconds < hour:
		s.Level = VeryWeak
	case s.Seconds < month:
		s.Level = Weak
	case s.Seconds < 10*year:
		s.Level = Fair
	case s.Seconds < 10*century:
		s.Level = Strong
	default:
		s.Level = Excellent
	}
	return s
}

// Plain gives the time as a translation key and the number to put in, rounded down: "strength.hours" and 3 for "about 3
// hours". "strength.instant" and "strength.centuries" take no number and give 0.
func (s Strength) Plain() (key string, n int) {
	for _, u := range []struct {
		key   string
		size  float64
		until float64
	}{
		{"strength.instant", math.Inf(1), 1},
		{"strength.seconds", 1, minute},
		{"strength.minutes", minute, hour},
		{"strength.hours", hour, day},
		{"strength.days", day, month},
		{"strength.months", month, year},
		{"strength.years", year, century},
	} {
		if s.Seconds < u.until {
			return u.key, int(s.Seconds / u.size)
		}
	}
	return "strength.centuries", 0
}

// PlainKeys lists every key Plain can give, for the translations to cover.
func PlainKeys() []string {
	return []string{"strength.instant", "strength.seconds", "strength.minutes", "strength.hours", "strength.days",
		"strength.months", "strength.years", "strength.centuries"}
}
