package secret

import "unsafe"

// Range is a stretch of this process's memory, by address.
type Range struct{ From, To uintptr }

// Guarded is where secrets may lie now: the pages that small ones share, and every live Buffer of its own, on the heap
// too if there was no lockable memory for it. For whoever looks for secrets that lie elsewhere.
func Guarded() (all []Range) {
	memory.mu.Lock()
	defer memory.mu.Unlock()
	for _, page := range memory.shared {
		all = append(all, rangeOf(page))
	}
	for b := range memory.live {
		if b.slot == nil && len(b.data) > 0 {
			all = append(all, rangeOf(b.data))
		}
	}
	return all
}

func rangeOf(b []byte) Range {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return Range{from, from + uintptr(len(b))}
}
