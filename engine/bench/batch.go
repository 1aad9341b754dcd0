//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const smallFile = 4 << 10

// batch is many small files in one job, against a shell loop of age.
func (b *bench) batch() error {
	fmt.Printf("\n%d files of %d KiB in one job, medians of %d interleaved runs; age in a shell loop over %d of them\n",
		b.files, smallFile>>10, b.runs, b.loop)
	if err := b.batchOn(b.ram, "tmpfs", 25); err != nil {
		return err
	}
	if err := b.batchOn(b.disk, "disk, everything flushed once", 8); err != nil {
		return err
	}
	return b.parts()
}

func (b *bench) batchOn(dir, name string, want float64) error {
	in := filepath.Join(dir, "small")
	defer os.RemoveAll(in)
	names, err := smallFiles(in, b.files)
	if err != nil {
		return err
	}
	fmt.Printf("%s:\n", name)
	for _, kind := range []struct {
		name string
		who  person
	}{{"hybrid", b.hybrid}, {"X25519", b.x25519}} {
		if err := b.batchTo(dir, in, kind.name, kind.who, names, want); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) batchTo(dir, in, kind string, who person, names []string, want float64) error {
	ourOut, ageOut := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
	back := filepath.Join(dir, "back")
	sealed := make([]string, len(names))
	for i, name := range names {
		sealed[i] = name + ".age"
	}
	ours := &contender{
		name: "cryptodesk encrypt", dir: in, out: []string{ourOut}, make: []string{ourOut},
		argv: [][]string{append(b.ours("encrypt", "-r", who.recipient, "-o", ourOut), names...)},
	}
	loop := &contender{
		name: "age in a loop", dir: in, out: []string{ageOut}, make: []string{ageOut},
		argv: [][]string{append([]string{"sh", "-c", `age=$1 to=$2 out=$3; shift 3
for f; do "$age" -r "$to" -o "$out/$f.age" "$f" || exit 1; done; sync`, "sh", b.age, who.recipient, ageOut}, names[:min(b.loop, len(names))]...)},
	}
	if err := contest(b.runs, ours, loop); err != nil {
		return err
	}
	if err := ours.run(false); err != nil {
		return err
	}
	decrypt := &contender{
		name: "cryptodesk decrypt", dir: ourOut, out: []string{back}, make: []string{back},
		argv: [][]string{append(b.ours("decrypt", "-i", who.identity, "-o", back), sealed...)},
	}
	if err := contest(b.runs, decrypt); err != nil {
		return err
	}
	rate := func(c *contender, files int) float64 { return float64(files) / c.seconds() }
	our, age := rate(ours, len(names)), rate(loop, min(b.loop, len(names)))
	for _, c := range []*contender{ours, decrypt} {
		fmt.Printf("  %-6s %-20s %7.0f files/s  %5.0f us of CPU a file, %.2f cores  peak %.1f MiB\n", kind, c.name,
			rate(c, len(names)), median(c.cpu).Seconds()*1e6/float64(len(names)), median(c.cpu).Seconds()/c.seconds(), float64(c.peak)/(1<<20))
	}
	fmt.Printf("  %-6s %-20s %7.0f files/s\n", kind, loop.name, age)
	bar(kind+", times a shell loop of age", our/age, want)
	return ours.clean()
}

func smallFiles(dir string, n int) (names []string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	body := []byte(strings.Repeat("a small file. ", smallFile/14+1)[:smallFile])
	for i := range n {
		name := fmt.Sprintf("file-%05d.txt", i)
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
