//go:build !linux

package search

// spare is a guess that every computer of the last ten years meets.
func spare() int64 { return 2 << 30 }
