//go:build linux

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"cryptodesk/engine/agefile/stream"
)

// speed is one large file of random bytes, on tmpfs and on a disk.
func (b *bench) speed() error {
	fmt.Printf("\n%d MiB of random bytes, medians of %d interleaved runs, new files each time\n", b.size>>20, b.runs)
	limit := sealLimit(b.runs)
	fmt.Printf("  in-memory seal limit of all cores: %.0f MB/s\n", limit/1e6)
	if err := b.speedOn(b.ram, "tmpfs", limit, b.barsOfRAM); err != nil {
		return err
	}
	return b.speedOn(b.disk, "disk, flushed", limit, b.barsOfDisk)
}

// field is the contenders of one folder.
type field struct {
	ageE, ageD, ourE, ourD, oneE, oneD, cp *contender
}

func (b *bench) speedOn(dir, name string, limit float64, bars func(field)) error {
	plain, sealed := filepath.Join(dir, "plain"), filepath.Join(dir, "plain.age")
	if err := randomFile(plain, b.size); err != nil {
		return err
	}
	defer os.Remove(plain)
	defer os.Remove(sealed)
	who := b.x25519
	if err := exec.Command(b.age, "-r", who.recipient, "-o", sealed, plain).Run(); err != nil {
		return err
	}
	if err := b.check(dir, plain, sealed); err != nil {
		return err
	}
	out := filepath.Join(dir, "out")
	new := func(name string, argv ...[]string) *contender {
		return &contender{name: name, argv: argv, out: []string{out}}
	}
	f := field{
		ageE: new("age, encrypt", []string{b.age, "-r", who.recipient, "-o", out, plain}),
		ourE: new("cryptodesk encrypt", b.ours("encrypt", "-r", who.recipient, "-o", out, plain)),
		oneE: new("cryptodesk encrypt, one worker", b.ours("encrypt", "--workers", "1", "-r", who.recipient, "-o", out, plain)),
		ageD: new("age, decrypt", []string{b.age, "-d", "-i", who.identity, "-o", out, sealed}),
		ourD: new("cryptodesk decrypt", b.ours("decrypt", "-i", who.identity, "-o", out, sealed)),
		oneD: new("cryptodesk decrypt, one worker", b.ours("decrypt", "--workers", "1", "-i", who.identity, "-o", out, sealed)),
		cp:   new("cp and sync", []string{"cp", plain, out}, []string{"sync"}),
	}
	all := []*contender{f.ageE, f.ourE, f.oneE, f.ageD, f.ourD, f.oneD, f.cp}
	if err := contest(b.runs, all...); err != nil {
		return err
	}
	fmt.Printf("%s:\n", name)
	for _, c := range all {
		rate := float64(b.size) / c.seconds()
		fmt.Printf("  %-32s %6.0f ms %6.0f MB/s  %3.0f %% of the limit  %.2f cores  peak %.1f MiB\n", c.name,
			c.seconds()*1000, rate/1e6, 100*rate/limit, median(c.cpu).Seconds()/c.seconds(), float64(c.peak)/(1<<20))
	}
	bars(f)
	return nil
}

func (b *bench) barsOfRAM(f field) {
	for _, v := range []struct {
		name        string
		ours, other *contender
		want        float64
	}{
		{"encrypt, times age", f.ourE, f.ageE, 1.5},
		{"decrypt, times age", f.ourD, f.ageD, 2.0},
		{"encrypt, one worker, times age", f.oneE, f.ageE, 1.0},
		{"decrypt, one worker, times age", f.oneD, f.ageD, 1.0},
	} {
		ratio, paired := v.ours.against(v.other)
		bar(fmt.Sprintf("%s (in each round %.2f)", v.name, paired), ratio, v.want)
	}
}

func (b *bench) barsOfDisk(f field) {
	for _, c := range []*contender{f.ourE, f.ourD} {
		ratio, paired := c.against(f.cp)
		bar(fmt.Sprintf("%s, times cp and sync (in each round %.2f)", c.name, paired), ratio, 1)
	}
}

// check has both programs open what the other wrote, once, before anything is
// measured: a fast wrong answer is worth nothing.
func (b *bench) check(dir, plain, sealed string) error {
	back, theirs := filepath.Join(dir, "back"), filepath.Join(dir, "theirs")
	defer os.Remove(back)
	defer os.Remove(theirs)
	for _, argv := range [][]string{
		b.ours("decrypt", "-i", b.x25519.identity, "-o", back, sealed),
		{"cmp", plain, back},
		{"rm", back},
		b.ours("encrypt", "-r", b.x25519.recipient, "-o", theirs, plain),
		{b.age, "-d", "-i", b.x25519.identity, "-o", back, theirs},
		{"cmp", plain, back},
	} {
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("check: %v: %w: %s", argv, err, bytes.TrimSpace(out))
		}
	}
	return nil
}

// sealLimit is bytes per second that all cores together seal without touching
// a file: the same megabyte again and again.
func sealLimit(runs int) float64 {
	const length, rounds = 1 << 20, 300
	rates := make([]float64, runs)
	for i := range rates {
		var all sync.WaitGroup
		start := time.Now()
		cores := runtime.GOMAXPROCS(0)
		for range cores {
			all.Go(func() {
				key, plain := make([]byte, stream.KeySize), make([]byte, length)
				sealed := make([]byte, 0, stream.EncryptedSize(length))
				for range rounds {
					stream.SealSmall(sealed, plain, key, [stream.NonceSize]byte{})
				}
			})
		}
		all.Wait()
		rates[i] = float64(cores*rounds*length) / time.Since(start).Seconds()
	}
	return median(rates)
}

func randomFile(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	seed := [32]byte{'b', 'e', 'n', 'c', 'h'}
	source, block := rand.NewChaCha8(seed), make([]byte, 256<<10)
	for size > 0 {
		n := min(size, int64(len(block)))
		source.Read(block[:n])
		if _, err := f.Write(block[:n]); err != nil {
			return err
		}
		size -= n
	}
	return f.Close()
}
