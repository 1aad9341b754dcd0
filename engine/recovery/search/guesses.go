package search

import (
	"math/bits"
	"sync"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Guesses are all that a recipe stands for, in an order that never changes:
// first what is as remembered, then with one deviation, then with more. Each
// is in it once. Count is safe for concurrent use; Close waits for nothing.
type Guesses struct {
	recipe  *Recipe
	groups  []group
	unknown []rune
	longest int // keys of the longest guess, before slips

	mu    sync.Mutex // held by the one count under way
	count *Count
	first bitmap // whether way d to a guess is the first to it
}

// group are the ways to a guess that differ from the recipe in the same
// manner. A way is a group, the number of a base in it, and the number of a
// mistake with the keys of that base.
type group struct {
	deviations int
	capitals   Capitals
	keyboard   Keyboard
	slips      int   // keys that went wrong
	pieces     []int // those that are there
	orders     uint64
	bases      uint64
}

// NewGuesses takes a recipe over; Close closes it. Errors: RecipeEmpty,
// TooMany, TooLarge (a guess of more than 256 characters); then the recipe is
// closed.
func NewGuesses(r *Recipe) (*Guesses, error) {
	g := &Guesses{recipe: r}
	err := g.compile()
	if err != nil {
		r.Close()
		return nil, err
	}
	return g, nil
}

// Close wipes the recipe; nil-safe, idempotent.
func (g *Guesses) Close() {
	if g != nil {
		g.recipe.Close()
	}
}

func (g *Guesses) compile() error {
	r := g.recipe
	if len(r.Pieces) > MaxPieces || r.Together > MaxTogether {
		return fault.New(fault.TooMany, "", nil)
	}
	for _, p := range r.Pieces {
		if p.Len() == 0 {
			return fault.New(fault.RecipeEmpty, "", nil)
		}
	}
	secret.Do(func() {
		for _, p := range r.Pieces {
			g.longest += p.longest()
		}
		g.longest += max(0, len(r.Pieces)-1)*r.Between.longest() + r.Ending.longest()
	})
	switch {
	case g.longest == 0:
		return fault.New(fault.RecipeEmpty, "", nil)
	case g.longest > maxKeys:
		return fault.New(fault.TooLarge, "", nil)
	}
	if r.Unknown&(More|Instead) != 0 {
		g.unknown = keysOf(r.Unknown)
	}
	for level := 0; level <= r.Together; level++ {
		g.addLevel(level)
	}
	return nil
}

// addLevel adds the groups of one number of deviations: fewer slips first,
// since each of those has the most guesses.
func (g *Guesses) addLevel(level int) {
	r := g.recipe
	capitals := append([]Capitals{AsWritten}, r.Capitals...)
	keyboards := append([]Keyboard{AsMeant}, r.Keyboards...)
	most := MaxTogether
	if r.Slips == 0 && len(g.unknown) == 0 {
		most = 0
	}
	for slips := 0; slips <= min(level, most); slips++ {
		for _, c := range capitals {
			for _, k := range keyboards {
				out := level - slips
				if c != AsWritten {
					out--
				}
				if k != AsMeant {
					out--
				}
				if out >= 0 {
					g.addGroups(group{deviations: level, capitals: c, keyboard: k, slips: slips}, out)
				}
			}
		}
	}
}

// addGroups adds one group for each way to leave out that many pieces.
func (g *Guesses) addGroups(like group, out int) {
	r := g.recipe
	for without := uint(0); without < 1<<len(r.Pieces); without++ {
		if bits.OnesCount(without) != out {
			continue
		}
		add, ok := like, true
		add.bases, add.orders = 1, 1
		for i, p := range r.Pieces {
			if without>>i&1 != 0 {
				ok = ok && p.Optional
				continue
			}
			add.pieces = append(add.pieces[:len(add.pieces):len(add.pieces)], i)
			add.bases = times(add.bases, p.Len())
		}
		if !ok {
			continue
		}
		if r.AnyOrder {
			for n := 2; n <= len(add.pieces); n++ {
				add.orders *= uint64(n)
			}
		}
		add.bases = times(add.bases, add.orders)
		if len(add.pieces) > 1 {
			add.bases = times(add.bases, max(1, r.Between.Len()))
		}
		add.bases = times(add.bases, max(1, r.Ending.Len()))
		g.groups = append(g.groups, add)
	}
}

// Bound is a number that the guesses certainly do not exceed, at once and
// without looking at one of them; all bits set if it does not fit.
func (g *Guesses) Bound() (most uint64) {
	s := newSlipping(g.recipe, g.unknown, 0)
	for _, group := range g.groups {
		most = plus(most, times(group.bases, s.atMost(g.longest, group.slips)))
	}
	return most
}

// plain are the ways that need no look at the keys to be counted.
func (g *Guesses) plain() (ways uint64) {
	for _, group := range g.groups {
		if group.slips == 0 && group.capitals == AsWritten && group.keyboard == AsMeant {
			ways = plus(ways, group.bases)
		}
	}
	return ways
}

// Together is how many deviations the guesses may have at most.
func (g *Guesses) Together() int { return g.recipe.Together }

const endless = ^uint64(0)

func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	if high != 0 {
		return endless
	}
	return low
}

func plus(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return endless
	}
	return sum
}
