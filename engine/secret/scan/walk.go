package scan

import (
	"context"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	step    = 1 << 20 // bytes searched at a time
	maxHits = 1000    // described; all are counted
	around  = 8       // bytes of context, as classes
)

// region is a stretch of memory, or of a file.
type region struct {
	from, to uint64
	name     string
	guarded  bool
}

// source reads memory. A short read means that what follows cannot be read.
type source interface {
	readAt(b []byte, at uint64) int
}

// walk searches regions one after the other through window, which holds step, the longest needle and more. Needles that
// cross from one region into the next are found too.
func (s *Set) walk(ctx context.Context, from source, regions []region, window []byte, r *Report) error {
	defer func(began time.Time) { r.Took = time.Since(began) }(time.Now())
	defer secret.Wipe(window)
	r.Count, r.Kept = map[Kind]int{}, map[Kind]int{}
	seen := make([]bool, len(s.needles))
	defer func() {
		for _, yes := range seen {
			if yes {
				r.Distinct++
			}
		}
	}()
	for _, reg := range regions {
		r.Mappings++
		for at := reg.from; at < reg.to; {
			if err := ctx.Err(); err != nil {
				return fault.New(fault.Cancelled, "", err)
			}
			want := int(min(step, reg.to-at))
			got := from.readAt(window[:want+s.longest], at)
			clear(window[got:min(got+spare, len(window))])
			n := min(got, want)
			secret.Do(func() {
				s.search(window, n, got, func(i int, which int32) {
					seen[which] = true
					r.note(s.needles[which], reg, at+uint64(i), window[:got], i)
				})
			})
			r.Bytes += int64(n)
			if n < want { // a page that went away, or that belongs to a device
				lost := min(pageSize, want-n)
				r.Unread += int64(lost)
				n += lost
			}
			at += uint64(n)
		}
	}
	return nil
}

// windowSize is what walk needs.
func (s *Set) windowSize() int { return step + s.longest + spare }

func (r *Report) note(n needle, in region, at uint64, b []byte, i int) {
	if in.guarded {
		r.Guarded++
		r.Kept[n.kind]++
		return
	}
	r.Count[n.kind]++
	if len(r.Hits) < maxHits {
		near := classes(b[max(0, i-around):i]) + "[]" + classes(b[min(i+n.to-n.at, len(b)):min(i+n.to-n.at+around, len(b))])
		r.Hits = append(r.Hits, Hit{Kind: n.kind, Form: n.form, Mapping: in.name, At: at, Near: near})
	}
}

// classes says what kind of bytes these are, not which.
func classes(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		switch {
		case c == 0:
			out[i] = 'z'
		case c >= ' ' && c < 0x7f:
			out[i] = 't'
		default:
			out[i] = '.'
		}
	}
	return string(out)
}
