//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/scrypt"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
)

const (
	searchGuesses = 16  // tried by each core in each run; the first and the last do not count
	coresBar      = 1.9 // at least this many times as fast on two cores as on one
	libraryBar    = 1.2 // and on one as golang.org/x/crypto/scrypt called in a loop
	announcedBar  = 1.1 // peak memory, times what was announced
)

// search tries guesses on a file of the usual work factor, on one core and on
// all, against the library's scrypt in a loop.
func (b *bench) search() error {
	fmt.Printf("\nsearching for a passphrase, %d guesses a core, medians of %d interleaved runs\n", searchGuesses, b.runs)
	path := filepath.Join(b.disk, "search.age")
	if err := passphraseFile(path); err != nil {
		return err
	}
	announced, peak, err := b.searchMemory(path) // first: a child begins with the peak of its parent
	if err != nil {
		return err
	}
	cores := runtime.GOMAXPROCS(0)
	all := []*searcher{
		{name: "one core", cores: 1, atOnce: 2, start: func(int) (func() uint64, error) { return searching(path, 1) }},
		{name: fmt.Sprintf("%d cores", cores), cores: cores, atOnce: 2, start: func(int) (func() uint64, error) { return searching(path, cores) }},
		{name: "the library, one core", cores: 1, atOnce: 1, start: library},
		{name: fmt.Sprintf("the library, %d cores", cores), cores: cores, atOnce: 1, start: library},
	}
	for i := range b.runs + 1 {
		for _, k := range rand.Perm(len(all)) {
			if err := all[k].once(i > 0); err != nil {
				return fmt.Errorf("%s: %w", all[k].name, err)
			}
		}
	}
	for _, s := range all {
		fmt.Printf("  %-24s %5.2f guesses/s  %6.3f s of CPU each\n", s.name, s.rate(), s.cost())
	}
	bar(fmt.Sprintf("%d cores, times one core", cores), all[1].rate()/all[0].rate(), coresBar)
	fmt.Printf("  %-52s %6.2f\n", "the same by CPU, for a machine that is shared", float64(cores)*all[0].cost()/all[1].cost())
	bar("one core, times the library's", all[0].rate()/all[2].rate(), libraryBar)
	bar("CPU of the library, times ours, on one core", all[2].cost()/all[0].cost(), libraryBar)
	bar(fmt.Sprintf("CPU of the library, times ours, on %d cores", cores), all[3].cost()/all[1].cost(), libraryBar)
	fmt.Printf("  announced %.0f MiB, peak %.0f MiB\n", float64(announced)/(1<<20), float64(peak)/(1<<20))
	atMost("peak memory, times what was announced", float64(peak)/float64(announced), announcedBar)
	return nil
}

// searcher is one way to try guesses, and how many a second it came to.
type searcher struct {
	name   string
	cores  int
	atOnce int // guesses that a core has under way
	start  func(cores int) (done func() uint64, err error)
	rates  []float64 // guesses a second
	costs  []float64 // seconds of CPU a guess
}

// once measures from when each core has done its first guesses, for which the
// system hands out the memory, until the first core runs out of them.
func (s *searcher) once(counts bool) error {
	runtime.GC() // what another one left is not this one's work
	total, atOnce := uint64(searchGuesses*s.cores), uint64(s.atOnce*s.cores)
	done, err := s.start(s.cores)
	if err != nil {
		return err
	}
	var first, last sample
	for n := uint64(0); n < total; time.Sleep(time.Millisecond) {
		now := sample{done(), time.Now(), ownCPU()}
		if now.done < n {
			return fmt.Errorf("a guess was taken back")
		}
		if now.done > n && now.done > atOnce && now.done <= total-atOnce {
			if last = now; first.done == 0 {
				first = now
			}
		}
		n = now.done
	}
	if counts {
		guesses := float64(last.done - first.done)
		s.rates = append(s.rates, guesses/last.at.Sub(first.at).Seconds())
		s.costs = append(s.costs, (last.cpu-first.cpu).Seconds()/guesses)
	}
	return nil
}

// sample is how far a search was at a time.
type sample struct {
	done uint64
	at   time.Time
	cpu  time.Duration
}

func (s *searcher) rate() float64 { return median(s.rates) }

func (s *searcher) cost() float64 { return median(s.costs) }

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// passphraseFile makes a file whose passphrase nobody will guess.
func passphraseFile(path string) error {
	to, err := age.NewScryptRecipient("nothing that is guessed")
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := age.Encrypt(file, to)
	if err != nil {
		return err
	}
	return w.Close()
}

// searching runs a whole search, memory taken and given back.
func searching(path string, cores int) (done func() uint64, err error) {
	target, err := search.OpenTarget(path)
	if err != nil {
		return nil, err
	}
	team, err := target.Team(cores, 2*int64(cores)*target.Memory())
	if err != nil {
		return nil, err
	}
	recipe, err := search.ParseRecipe(secret.Take(fmt.Appendf(nil, "piece: 1..%d", searchGuesses*cores)), nil)
	if err != nil {
		return nil, err
	}
	guesses, err := search.NewGuesses(recipe)
	if err != nil {
		return nil, err
	}
	s := search.New(target, guesses, search.Options{Team: team})
	s.Start(context.Background())
	return func() uint64 {
		select {
		case <-s.Done():
			if err := s.Err(); fault.Of(err) != fault.NoGuess {
				panic(err) // no guess is right
			}
			s.Close()
			return uint64(searchGuesses * cores)
		default:
			return s.Progress().Done
		}
	}, nil
}

// library derives as many keys with the library.
func library(cores int) (done func() uint64, err error) {
	var n atomic.Uint64
	for range cores {
		go func() {
			for range searchGuesses {
				if _, err := scrypt.Key(fmt.Append(nil, n.Load()), []byte("a salt of 16 bytes"), 1<<18, 8, 1, 32); err != nil {
					panic(err) // the parameters are fixed
				}
				n.Add(1)
			}
		}()
	}
	return n.Load, nil
}

// searchMemory is what the verb announces, and what it takes.
func (b *bench) searchMemory(path string) (announced, peak int64, err error) {
	recipe := filepath.Join(b.disk, "recipe.txt")
	if err := os.WriteFile(recipe, []byte("piece: 1..6"), 0o600); err != nil {
		return 0, 0, err
	}
	said, err := exec.Command(b.program, "recovery", "search", "--home", b.home, "--recipe", recipe, "--count", "--json", path).Output()
	var line struct {
		Peak int64 `json:"peak"`
	}
	if err == nil {
		err = json.Unmarshal(said, &line)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", b.program, err)
	}
	c := &contender{start: func(cmd *exec.Cmd) error { return cmd.Start() }, argv: [][]string{
		{"sh", "-c", `"$@"; test $? = 3`, "sh", b.program, "recovery", "search", "--home", b.home, "--quiet", "--show", "--recipe", recipe, path}}}
	if err := c.run(false); err != nil {
		return 0, 0, err
	}
	return line.Peak, c.peak, nil
}
