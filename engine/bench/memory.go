//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const memoryBar = 48 << 20

// memory is the peak resident set of a headless run at several sizes.
func (b *bench) memory() error {
	fmt.Printf("\npeak resident memory (bar: under %d MiB)\n", memoryBar>>20)
	plain := filepath.Join(b.disk, "sized")
	sealed, back := plain+".age", plain+".back"
	defer os.Remove(plain)
	defer os.Remove(sealed)
	for _, size := range []int64{0, 1 << 20, 1 << 30, b.huge} {
		if err := sparseFile(plain, size); err != nil {
			return err
		}
		var line []any
		worst := int64(0)
		for _, c := range []*contender{
			{name: "encrypt", argv: [][]string{b.ours("encrypt", "-r", b.hybrid.recipient, "-o", sealed, plain)}, out: []string{sealed}},
			{name: "decrypt", argv: [][]string{b.ours("decrypt", "-i", b.hybrid.identity, "-o", back, sealed)}, out: []string{back}},
		} {
			if err := c.run(true); err != nil {
				return err
			}
			line, worst = append(line, float64(c.peak)/(1<<20), c.seconds()), max(worst, c.peak)
		}
		kept := "kept"
		if worst >= memoryBar {
			kept = "MISSED"
		}
		fmt.Printf("  %5d MiB: encrypt %5.1f MiB (%.2f s), decrypt %5.1f MiB (%.2f s)  %s\n", append(append([]any{size >> 20}, line...), kept)...)
		if err := os.Remove(back); err != nil {
			return err
		}
	}
	return nil
}

func sparseFile(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Truncate(size)
}
