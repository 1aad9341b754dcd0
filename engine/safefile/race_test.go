package safefile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestReplaceLeavesNoGap: whoever looks while a file is replaced sees the old
// one or the new one, whole, at every instant.
func TestReplaceLeavesNoGap(t *testing.T) {
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		target := filepath.Join(dir, "file")
		block := bytes.Repeat([]byte("0123456789abcdef"), 512)
		put(t, target, string(block))
		stop, looked := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(looked)
			for {
				content, err := os.ReadFile(target)
				if err != nil || !bytes.Equal(content, block) {
					t.Errorf("%d bytes, %v", len(content), err)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
		for range 40 {
			f := create(t, s, target, string(block))
			if err := f.dress(); err != nil {
				t.Fatal(err)
			}
			if _, err := f.publish(Replace); err != nil { // a Commit without its flushes
				t.Fatal(err)
			}
			f.Discard()
		}
		close(stop)
		<-looked
	})
}

// TestTakeTurns: of those who want one name at the same instant one gets it and
// the others' files are still theirs, also where a look has to come first.
func TestTakeTurns(t *testing.T) {
	const rounds, writers = 100, 4
	eachWay(t, func(t *testing.T, s *Store, dir string) {
		fo, _, err := s.hold(filepath.Join(dir, "x"))
		check(t, err)
		defer fo.release()
		for round := range rounds {
			name := fmt.Sprint("name", round)
			errs := make([]error, writers)
			start := make(chan struct{})
			var all sync.WaitGroup
			for i := range writers {
				temp := fmt.Sprint(name, "-temp", i)
				put(t, filepath.Join(dir, temp), "x")
				all.Go(func() {
					<-start
					errs[i] = fo.rename(temp, name, false)
				})
			}
			close(start)
			all.Wait()
			lost := 0
			for i, err := range errs {
				_, gone := os.Lstat(filepath.Join(dir, fmt.Sprint(name, "-temp", i)))
				if (err == nil) != errors.Is(gone, fs.ErrNotExist) || err != nil && !errors.Is(err, fs.ErrExist) {
					t.Fatalf("round %d: %v, and its file: %v", round, err, gone)
				}
				if err != nil {
					lost++
				}
			}
			if lost != writers-1 {
				t.Fatalf("round %d: %d of %d lost", round, lost, writers)
			}
		}
	})
}
