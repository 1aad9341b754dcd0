package passphrase

import "math"

// Years people write into passphrases.
const (
	firstYear = 1900
	lastYear  = 2060
)

var (
	yearCost     = math.Log10(lastYear - firstYear)
	dayCost      = math.Log10(2 * 366) // either order
	fullDateCost = math.Log10(366 * (lastYear - firstYear))
)

// date offers the dates that start at i: a year, day and month, or all three with or without separators.
func (e *estimate) date(i int) {
	digits := e.digits(i)
	if digits >= 4 {
		if y := e.number(i, 4); y >= firstYear && y < lastYear {
			e.offer(i, i+4, yearCost, true)
		}
		if isDay(e.number(i, 2), e.number(i+2, 2)) {
			e.offer(i, i+4, dayCost, true)
		}
	}
	if digits >= 6 && (isDay(e.number(i, 2), e.number(i+2, 2)) || isDay(e.number(i+2, 2), e.number(i+4, 2))) {
		e.offer(i, i+6, fullDateCost, true)
	}
	if digits >= 8 && (isYear(e.number(i, 4)) && isDay(e.number(i+4, 2), e.number(i+6, 2)) ||
		isYear(e.number(i+4, 4)) && isDay(e.number(i, 2), e.number(i+2, 2))) {
		e.offer(i, i+8, fullDateCost, true)
	}
	e.separatedDate(i, digits)
}

// separatedDate offers dates such as 1999-12-31, 31.12.99 and 1/2/2003.
func (e *estimate) separatedDate(i, first int) {
	a := i + first
	if first < 1 || first > 4 || a >= e.n || !isDateSeparator(e.r[a]) {
		return
	}
	second := e.digits(a + 1)
	b := a + 1 + second
	if second < 1 || second > 2 || b >= e.n || e.r[b] != e.r[a] {
		return
	}
	third := min(e.digits(b+1), 4)
	if third < 1 {
		return
	}
	if isDay(e.number(a+1, second), e.number(b+1, min(third, 2))) || first <= 2 && isDay(e.number(i, first), e.number(a+1, second)) {
		e.offer(i, b+1+third, fullDateCost+2*variantCost, true)
	}
}

func isDateSeparator(r rune) bool { return r == '-' || r == '/' || r == '.' || r == ' ' || r == '_' }

func isYear(n int) bool { return n >= firstYear && n < lastYear }

// isDay reports whether a and b are a day and a month in either order.
func isDay(a, b int) bool {
	return a >= 1 && b >= 1 && (a <= 12 && b <= 31 || a <= 31 && b <= 12)
}

// digits counts the digits from i on, at most 8.
func (e *estimate) digits(i int) (count int) {
	for i+count < e.n && count < 8 && e.r[i+count] >= '0' && e.r[i+count] <= '9' {
		count++
	}
	return count
}

func (e *estimate) number(i, digits int) (n int) {
	for _, r := range e.r[i : i+digits] {
		n = 10*n + int(r-'0')
	}
	return n
}
