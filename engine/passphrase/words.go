package passphrase

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"
)

var (
	//go:embed lists/eff_large.txt
	effText []byte
	//go:embed lists/common.txt
	commonText []byte
	//go:embed lists/korean.txt
	koreanText []byte

	eff    = sync.OnceValue(func() *wordList { return newWordList(effText) })
	common = sync.OnceValue(func() *wordList { return newWordList(commonText) })
	korean = sync.OnceValue(func() *wordList { return newWordList(koreanText) })
	// keyed holds the Korean words as they come out when they are typed with the keyboard set to English.
	keyed = sync.OnceValue(func() *wordList { return newWordList(typedOnLatinKeys(koreanText)) })
)

// wordList is a published list, one word a line, most common first. Looking a word up compares bytes in place: nothing is
// made of what is looked up.
type wordList struct {
	words   [][]byte // by rank
	sorted  []int32  // ranks in the order of the words
	longest int
}

func newWordList(text []byte) *wordList {
	l := &wordList{words: bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))}
	l.sorted = make([]int32, len(l.words))
	for i, w := range l.words {
		l.sorted[i] = int32(i)
		l.longest = max(l.longest, len(w))
	}
	slices.SortStableFunc(l.sorted, func(a, b int32) int { return bytes.Compare(l.words[a], l.words[b]) })
	return l
}

func (l *wordList) len() int { return len(l.words) }

func (l *wordList) word(rank int) []byte { return l.words[rank] }

// rank returns the place of w in the list, counted from 0, or -1.
func (l *wordList) rank(w []byte) int {
	if len(w) > l.longest {
		return -1
	}
	low, high := 0, len(l.sorted)
	for low < high {
		mid := (low + high) / 2
		if bytes.Compare(l.words[l.sorted[mid]], w) < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(l.sorted) && bytes.Equal(l.words[l.sorted[low]], w) {
		return int(l.sorted[low])
	}
	return -1
}
