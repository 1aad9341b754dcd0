//go:build unix

package keyring

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/identity"
)

// BenchmarkUnlock opens one keyring with our code and with the stock program,
// in turns, and reports the median of the ratios of processor time, which other
// work on the machine disturbs less than the clock.
func BenchmarkUnlock(b *testing.B) {
	store, path := storeIn(b)
	k, err := Create(ctx, store, path, guard("correct horse"), must(identity.New("Ana")))
	if err != nil {
		b.Fatal(err)
	}
	k.Close()
	plain := filepath.Join(filepath.Dir(path), "plain")
	var ratios []float64
	for b.Loop() {
		ours := processorTime(b, unix.RUSAGE_SELF, func() {
			k, err := Open(ctx, store, path, guard("correct horse"))
			if err != nil {
				b.Fatal(err)
			}
			k.Close()
		})
		theirs := processorTime(b, unix.RUSAGE_CHILDREN, func() {
			if err := onTerminal(b, "correct horse", "-d", "-o", plain, path); err != nil {
				b.Fatal(err)
			}
		})
		ratios = append(ratios, ours.Seconds()/theirs.Seconds())
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "of-age")
}

func processorTime(b *testing.B, who int, f func()) time.Duration {
	var before, after unix.Rusage
	if err := unix.Getrusage(who, &before); err != nil {
		b.Fatal(err)
	}
	f()
	if err := unix.Getrusage(who, &after); err != nil {
		b.Fatal(err)
	}
	spent := func(r unix.Rusage) time.Duration {
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	return spent(after) - spent(before)
}

// BenchmarkSave is what every change costs.
func BenchmarkSave(b *testing.B) {
	store, path := storeIn(b)
	k := quick(b, store, path, must(identity.New("Ana")))
	for b.Loop() {
		if err := k.Save(); err != nil {
			b.Fatal(err)
		}
	}
}
