package search

import (
	"unsafe"

	"cryptodesk/engine/secret"
)

// walk goes over all ways to a guess, in order. It is cheap to go on and to
// leap; only write makes the guess itself. What it holds of a guess is guarded.
// Not safe for concurrent use; begin, pass and write are called inside
// secret.Do.
type walk struct {
	g     *Guesses
	group int
	base  uint64
	slip  uint64 // of the base in hand
	ways  uint64 // of it; 0 before the first base and after the last
	at    uint64 // number of the way in hand, over all
	slips *slipping

	room        *secret.Buffer // for all that follows
	keys, wrong []rune
	keysN       int
	text        []byte
}

const roomForSlips = 2 * MaxTogether // a slip makes two keys of one at most

func (g *Guesses) walk() *walk {
	w := &walk{g: g, slips: newSlipping(g.recipe, g.unknown, g.longest)}
	keys := g.longest + roomForSlips
	const runeSize = int(unsafe.Sizeof(rune(0)))
	w.room = secret.New((keys*(2*runeSize+utf8Max) + 15) / 16 * 16)
	w.keys = runes(w.room.Bytes()[:keys*runeSize])
	w.wrong = runes(w.room.Bytes()[keys*runeSize : 2*keys*runeSize])
	w.text = w.room.Bytes()[2*keys*runeSize:]
	return w
}

const utf8Max = 4

// runes is guarded memory as characters.
func runes(b []byte) []rune {
	return unsafe.Slice((*rune)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(rune(0))))
}

func (w *walk) close() { w.room.Destroy() }

// begin goes to the first way.
func (w *walk) begin() bool {
	w.group, w.base, w.at = 0, 0, 0
	return w.load()
}

// pass leaves n ways behind, which are in the base in hand, and goes to the
// next; false after the last.
func (w *walk) pass(n uint64) bool {
	w.at += n
	if w.slip += n; w.slip < w.ways {
		return true
	}
	w.base++
	return w.load()
}

// rest is how many ways of the base in hand are left, with this one.
func (w *walk) rest() uint64 { return w.ways - w.slip }

// load finds the next base with ways at or after the one w is at.
func (w *walk) load() bool {
	for w.slip, w.ways = 0, 0; w.group < len(w.g.groups); w.group, w.base = w.group+1, 0 {
		in := &w.g.groups[w.group]
		for ; w.base < in.bases; w.base++ {
			keys := w.g.base(w.keys[:0], in, w.base)
			w.keysN = len(keys)
			if w.keysN == 0 {
				continue
			}
			if w.ways = w.slips.begin(keys, in.slips); w.ways > 0 {
				return true
			}
		}
	}
	return false
}

// level is the number of deviations of the way in hand.
func (w *walk) level() int { return w.g.groups[w.group].deviations }

// write makes the guess in hand. It is good until the next one.
func (w *walk) write() []byte {
	keys := w.keys[:w.keysN]
	if slips := w.g.groups[w.group].slips; slips > 0 {
		keys = w.slips.make(w.wrong[:0], slips, w.slip)
	}
	return gives(w.text[:0], keys)
}
