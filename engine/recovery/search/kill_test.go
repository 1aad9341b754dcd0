package search

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

const (
	killHome   = "CRYPTODESK_KILL_SEARCH"
	guessTakes = time.Second // on the child's clock
)

// TestSearchesForEver is the process to be killed: it says each guess that is
// done. Its clock goes on by one guess with every guess.
func TestSearchesForEver(t *testing.T) {
	home := os.Getenv(killHome)
	if home == "" {
		return // only as a child of the next test
	}
	s := ready(t, filepath.Join(home, "file.age"), summer(), Options{Checkpoint: filepath.Join(home, "far"),
		Store: safefile.New(filepath.Join(home, "journal"))})
	var mu sync.Mutex
	now := time.Unix(1_800_000_000, 0)
	s.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	s.tried = func(number uint64) {
		// A guess takes a second, a write of the checkpoint next to nothing.
		s.saving.Lock()
		mu.Lock()
		now = now.Add(guessTakes)
		mu.Unlock()
		s.saving.Unlock()
		fmt.Println("done", number)
	}
	s.Start(ctx)
	fmt.Println("over", fault.Of(over(s)))
}

// Killed at any instant and begun again, a search loses ten seconds at most,
// and in the end every guess was tried.
func TestKilledWhileSearching(t *testing.T) {
	home := t.TempDir()
	if err := os.Rename(sealed(t, "no such thing", 6), filepath.Join(home, "file.age")); err != nil {
		t.Fatal(err)
	}
	total := counted(t, guessesOf(t, summer())).Total
	tried := make(map[uint64]bool)
	for kills := 0; ; kills++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSearchesForEver$")
		cmd.Env = append(os.Environ(), killHome+"="+home)
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		until := 20 + rand.IntN(200)
		again, said, end := 0, 0, ""
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			if word == "over" {
				end = rest
			}
			if word != "done" {
				continue
			}
			n, err := strconv.ParseUint(rest, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if tried[n] {
				again++
			}
			tried[n] = true
			if said++; said == until {
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		if lost := time.Duration(again) * guessTakes; lost > Lost {
			t.Errorf("after %d kills %v were lost", kills, lost)
		}
		if end != "" {
			if end != string(fault.NoGuess) || uint64(len(tried)) != total || kills < 3 {
				t.Errorf("%s after %d of %d guesses and %d kills", end, len(tried), total, kills)
			}
			return
		}
		if said == 0 {
			t.Fatal("the child said nothing")
		}
	}
}
