//go:build !race

package witness

const raced = false
