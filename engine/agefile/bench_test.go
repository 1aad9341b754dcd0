package agefile

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"cryptodesk/engine/safefile"
)

// BenchmarkSmallFiles is one job of many 4 KiB files: two workers, each with its
// Scratch, results not flushed (engine/batch flushes a whole group once).
func BenchmarkSmallFiles(b *testing.B) {
	for _, name := range []string{"hybrid", "X25519"} {
		key := hybrid(b)
		if name == "X25519" {
			key = x25519(b)
		}
		s := newShop(b)
		for i := range 500 {
			s.put(fmt.Sprintf("in/%d", i), randomBytes(4096))
		}
		must(b, os.Mkdir(s.path("out"), 0o700))
		must(b, s.encrypt(s.path("in/0"), s.path("one.age"), key.to, Options{}))
		b.Run("encrypt/"+name, func(b *testing.B) {
			eachFile(b, func(i int, scratch *Scratch) error {
				return s.unpublished(s.path(fmt.Sprintf("in/%d", i%500)), func(src *safefile.Source, dst *safefile.File) error {
					return Encrypt(s.ctx, src, dst, key.to, Options{Scratch: scratch})
				})
			})
		})
		b.Run("decrypt/"+name, func(b *testing.B) {
			eachFile(b, func(i int, scratch *Scratch) error {
				return s.unpublished(s.path("one.age"), func(src *safefile.Source, dst *safefile.File) error {
					return Decrypt(s.ctx, src, dst, key.id, Options{Scratch: scratch})
				})
			})
		})
	}
}

func (s *shop) unpublished(from string, f func(*safefile.Source, *safefile.File) error) error {
	src, err := safefile.OpenSource(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := s.store.Create(filepath.Join(s.dir, "out", "x"), 0o600)
	if err != nil {
		return err
	}
	defer dst.Discard()
	return f(src, dst)
}

func eachFile(b *testing.B, f func(i int, scratch *Scratch) error) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			scratch := NewScratch()
			defer scratch.Destroy()
			for i := range next {
				if err := f(i, scratch); err != nil {
					b.Error(err)
				}
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpu()
	for i := range b.N {
		next <- i
	}
	close(next)
	workers.Wait()
	perFile(b, 1, before)
}

// perFile also tells the time on a core: elapsed time on a shared machine says little.
func perFile(b *testing.B, files int, before time.Duration) {
	n := float64(files * b.N)
	b.ReportMetric(float64((cpu()-before).Microseconds())/n, "cpu-µs/file")
	b.ReportMetric(n/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkFolder packs and extracts a folder of small and of large files.
func BenchmarkFolder(b *testing.B) {
	for name, c := range map[string]struct{ files, size int }{"small": {5000, 4096}, "large": {8, 32 << 20}} {
		key := hybrid(b)
		s := newShop(b)
		for i := range c.files {
			s.put(fmt.Sprintf("in/%d/%d", i%20, i), randomBytes(c.size))
		}
		pack := func() *safefile.File {
			dst, err := s.store.Create(s.path("in.tar.age"), 0o600)
			must(b, err)
			_, err = EncryptFolder(s.ctx, s.path("in"), dst, key.to, Options{})
			must(b, err)
			return dst
		}
		b.Run("pack/"+name, func(b *testing.B) {
			b.SetBytes(int64(c.files * c.size))
			before := cpu()
			for range b.N {
				pack().Discard()
			}
			perFile(b, c.files, before)
		})
		_, err := pack().Commit(safefile.Refuse)
		must(b, err)
		b.Run("extract/"+name, func(b *testing.B) {
			b.SetBytes(int64(c.files * c.size))
			before := cpu()
			for range b.N {
				src, err := safefile.OpenSource(s.path("in.tar.age"))
				must(b, err)
				dst, err := s.store.CreateDir(s.path("out"), 0o700)
				must(b, err)
				_, err = ExtractFolder(s.ctx, src, dst, key.id, Options{})
				must(b, err)
				b.StopTimer()
				dst.Discard()
				src.Close()
				b.StartTimer()
			}
			perFile(b, c.files, before)
		})
	}
}

// cpu is the time this process spent on any core.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
