//go:build amd64 || arm64

package search

// prefetch asks for lines times 64 bytes of memory without waiting for them.
// Go has no other way to say so. lines is at least 1.
//
//go:noescape
func prefetch(first *byte, lines int)
