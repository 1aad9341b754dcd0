package text

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/unicode/norm"

	"cryptodesk/engine/safefile"
)

// Count writes a whole number with thousands separators: 1,204.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Bytes writes a size in decimal units, as file managers do: 999 B, 12 MB,
// 1.4 GB. One decimal below ten.
func Bytes(n int64) string {
	if n < 1000 {
		return Count(n) + " B"
	}
	f := float64(n)
	unit := 0
	for f >= 999.5 && unit < 5 {
		f /= 1000
		unit++
	}
	digits := 0
	if f < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(f, 'f', digits, 64) + " " + []string{"B", "kB", "MB", "GB", "TB", "PB"}[unit]
}

// Rate writes bytes per second: 1.4 GB/s.
func Rate(perSecond float64) string { return Bytes(int64(perSecond)) + "/s" }

// Duration writes a time span in its largest one or two units: 8 s, 3 min,
// 1 h 20 min. Spans under a second are written as 1 s.
func Duration(d time.Duration) string {
	s := int64((d + time.Second - 1) / time.Second)
	switch {
	case s < 1:
		return T("time.s", "count", int64(1))
	case s < 90:
		return T("time.s", "count", s)
	case s < 90*60:
		return T("time.min", "count", (s+30)/60)
	case s < 48*3600:
		h, m := s/3600, s%3600/60
		if m == 0 {
			return T("time.h", "count", h)
		}
		return T("time.h", "count", h) + " " + T("time.min", "count", m)
	}
	return T("time.d", "count", s/86400)
}

// Span is Duration of any number of seconds, also of more than a duration
// holds: 25 days, 7 months, 1,200 years.
func Span(seconds float64) string {
	const day, year = 24 * 3600, 365 * 24 * 3600
	switch {
	case seconds < 2*day:
		return Duration(time.Duration(max(0, seconds) * float64(time.Second)))
	case seconds < 90*day:
		return T("time.d", "count", int64(seconds/day))
	case seconds < 2*year:
		return T("time.months", "count", int64(seconds/(30*day)))
	case seconds < 1000*year:
		return T("time.years", "count", int64(seconds/year))
	}
	return T("time.ages")
}

// Many is Count of what may be too many to write out.
func Many(n uint64) string {
	const most = 1_000_000_000_000_000
	if n > most {
		return T("many.more", "count", int64(most))
	}
	return Count(int64(n))
}

// Date writes a day: 20 Nov 2026 or 2026년 11월 20일, in the computer's zone.
func Date(t time.Time) string {
	t = t.Local()
	if Current() == Korean {
		return fmt.Sprintf("%d년 %d월 %d일", t.Year(), int(t.Month()), t.Day())
	}
	return t.Format("2 Jan 2006")
}

// Name makes a file's or a person's name safe to show: Hangul written in
// conjoining jamo (NFD, as macOS stores it) is composed, and what would not
// show or would turn the text around becomes visible as safefile has it. For
// display only, and once: a backslash is doubled.
func Name(s string) string { return norm.NFC.String(safefile.Visible(s)) }
