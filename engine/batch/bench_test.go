package batch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// BenchmarkSmallFiles encrypts, opens and opens to an agent 4 KiB files on tmpfs where there is
// one, 1,000 a turn. `go test -bench SmallFiles -cpuprofile cpu ./engine/batch`
// shows where the time goes.
func BenchmarkSmallFiles(b *testing.B) {
	const files = 1000
	shm := "/dev/shm"
	if _, err := os.Stat(shm); err != nil {
		shm = b.TempDir()
	}
	dir, err := os.MkdirTemp(shm, "bench")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in")
	os.Mkdir(in, 0o700)
	var paths []string
	for i := range files {
		path := filepath.Join(in, fmt.Sprint(i))
		if err := os.WriteFile(path, random(4096), 0o600); err != nil {
			b.Fatal(err)
		}
		paths = append(paths, path)
	}
	store := safefile.New(filepath.Join(dir, "journal"))
	defer store.Close()
	for _, kind := range []identity.Kind{identity.Hybrid, identity.X25519} {
		me, err := identity.New("me")
		if kind == identity.X25519 {
			me, err = identity.NewClassic("me")
		}
		if err != nil {
			b.Fatal(err)
		}
		to := []identity.Recipient{me.Public().Recipient}
		sealed := filepath.Join(dir, string(kind))
		seal := func() (paths2 []string) {
			os.RemoveAll(sealed)
			os.Mkdir(sealed, 0o700)
			plan, _ := Look(context.Background(), paths, ToEncrypt, nil)
			j, err := Encrypt(context.Background(), store, plan, EncryptOptions{To: to, Dir: sealed})
			if err != nil {
				b.Fatal(err)
			}
			<-j.Done()
			for i := range j.Len() {
				paths2 = append(paths2, j.Row(i).Out)
			}
			return paths2
		}
		b.Run("encrypt/"+string(kind), func(b *testing.B) {
			for b.Loop() {
				seal()
			}
			b.ReportMetric(files*float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
		outs := seal()
		b.Run("open/"+string(kind), func(b *testing.B) {
			for b.Loop() {
				opened := filepath.Join(dir, "opened")
				os.RemoveAll(opened)
				os.Mkdir(opened, 0o700)
				keys, err := identity.Open(me)
				if err != nil {
					b.Fatal(err)
				}
				plan, _ := Look(context.Background(), outs, ToOpen, nil)
				j, err := Open(context.Background(), store, plan, OpenOptions{Keys: keys, Dir: opened})
				if err != nil {
					b.Fatal(err)
				}
				<-j.Done()
			}
			b.ReportMetric(files*float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
		safe, err := identity.New("safe")
		if err != nil {
			b.Fatal(err)
		}
		b.Run("agent/"+string(kind), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				seal()
				b.StartTimer()
				keys, err := identity.Open(me)
				if err != nil {
					b.Fatal(err)
				}
				plan, _ := Gather(context.Background(), []string{sealed}, "", nil)
				j, err := AddAgent(context.Background(), store, plan, Agent{Main: safe.Public().Recipient, Classic: safe.Public().Classic}, OpenOptions{Keys: keys})
				if err != nil {
					b.Fatal(err)
				}
				<-j.Done()
			}
			b.ReportMetric(files*float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
