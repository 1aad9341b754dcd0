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
	"sync"
	"syscall"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/scrypt"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
)

const (
	searchGuesses = 12  // tried by each core in each run
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
		{name: "one core", cores: 1, run: func() error { return searched(path, 1) }},
		{name: fmt.Sprintf("%d cores", cores), cores: cores, run: func() error { return searched(path, cores) }},
		{name: "the library, one core", cores: 1, run: func() error { return library(1) }},
		{name: fmt.Sprintf("the library, %d cores", cores), cores: cores, run: func() error { return library(cores) }},
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

// searcher is one way to try guesses, and how long it took.
type searcher struct {
	name  string
	cores int
	run   func() error
	wall  []time.Duration
	cpu   []time.Duration
}

func (s *searcher) once(counts bool) error {
	runtime.GC() // what another one left is not this one's work
	began, before := time.Now(), ownCPU()
	if err := s.run(); err != nil {
		return err
	}
	if counts {
		s.wall, s.cpu = append(s.wall, time.Since(began)), append(s.cpu, ownCPU()-before)
	}
	return nil
}

func (s *searcher) rate() float64 { return float64(searchGuesses*s.cores) / median(s.wall).Seconds() }

// cost is CPU for one guess.
func (s *searcher) cost() float64 { return median(s.cpu).Seconds() / float64(searchGuesses*s.cores) }

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

// searched runs a whole search, memory taken and given back.
func searched(path string, cores int) error {
	target, err := search.OpenTarget(path)
	if err != nil {
		return err
	}
	team, err := target.Team(cores, int64(cores)*target.Memory())
	if err != nil {
		return err
	}
	recipe, err := search.ParseRecipe(secret.Take(fmt.Appendf(nil, "piece: 1..%d", searchGuesses*cores)), nil)
	if err != nil {
		return err
	}
	guesses, err := search.NewGuesses(recipe)
	if err != nil {
		return err
	}
	s := search.New(target, guesses, search.Options{Team: team})
	defer s.Close()
	s.Start(context.Background())
	<-s.Done()
	if fault.Of(s.Err()) != fault.NoGuess {
		return fmt.Errorf("the search ended with %w", s.Err())
	}
	return nil
}

// library derives as many keys with the library.
func library(cores int) error {
	var all sync.WaitGroup
	errs := make([]error, cores)
	for i := range cores {
		all.Go(func() {
			for n := range searchGuesses {
				if _, err := scrypt.Key(fmt.Append(nil, n), []byte("a salt of 16 bytes"), 1<<18, 8, 1, 32); err != nil {
					errs[i] = err
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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
