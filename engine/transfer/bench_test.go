package transfer

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cryptodesk/engine/safefile"
)

// BenchmarkCarry carries 1 GiB over loopback, from tmpfs to tmpfs, through the channel and through crypto/tls alone with
// the same keys, in turn, and reports both rates and the median of their ratios. CRYPTODESK_RAM names another folder.
//
//	go test -run '^$' -bench Carry -benchtime 7x ./engine/transfer
func BenchmarkCarry(b *testing.B) {
	ram := os.Getenv("CRYPTODESK_RAM")
	if ram == "" {
		ram = "/dev/shm"
	}
	dir, err := os.MkdirTemp(ram, "cryptodesk-carry-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	const size = 1 << 30
	path := filepath.Join(dir, "x.age")
	if err := bulk(path, size); err != nil {
		b.Fatal(err)
	}
	ana, ben := benchPerson(b), benchPerson(b)
	var ours, bare, ratios []float64
	for b.Loop() {
		o := carry(b, ana, ben, path, filepath.Join(dir, "in"))
		t := bareTLS(b, ana, ben, path, filepath.Join(dir, "bare"))
		ours, bare, ratios = append(ours, o.Seconds()), append(bare, t.Seconds()), append(ratios, t.Seconds()/o.Seconds())
	}
	middle := func(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }
	b.ReportMetric(size/middle(ours)/1e6, "MB/s")
	b.ReportMetric(size/middle(bare)/1e6, "bare-MB/s")
	b.ReportMetric(middle(ratios), "ratio")
}

// bulk writes an age file's header and random bytes: nobody looks at the rest on the way.
func bulk(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	header := "age-encryption.org/v1\n-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" +
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	if _, err := io.WriteString(f, header); err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.Reader, size)
	return err
}

func benchPerson(b *testing.B) person {
	b.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	me, err := NewMe(key)
	if err != nil {
		b.Fatal(err)
	}
	return person{me: me, peer: Peer{Name: "peer", Signing: me.Public()}}
}

func carry(b *testing.B, from, to person, path, folder string) time.Duration {
	b.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(folder)
	store := safefile.New("")
	inbox := NewInbox(store, filepath.Join(folder, "ledgers"))
	l, err := Listen(context.Background(), "127.0.0.1:0", to.me, knows(from), func(ctx context.Context, ch *Channel) {
		_, err := inbox.Receive(ctx, ch, func(context.Context, Peer, *Offer) (string, error) { return folder, nil }, Events{Agreed: func(*Offer) {}, Moved: quiet})
		if err != nil {
			b.Error(err)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	p, err := Pack(to.peer, Piece{Path: path, Sort: File})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	ch, err := Dial(context.Background(), l.Addr().String(), from.me, to.peer)
	if err != nil {
		b.Fatal(err)
	}
	if err := Send(context.Background(), ch, p, quiet); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// bareTLS is what is left without frames, offers and everything: io.Copy on both sides.
func bareTLS(b *testing.B, from, to person, path, target string) time.Duration {
	b.Helper()
	defer os.Remove(target)
	any := func(ed25519.PublicKey) error { return nil }
	l, err := tls.Listen("tcp", "127.0.0.1:0", config(to.me, protocol, any))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	over := make(chan error, 1)
	began := time.Now()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			over <- err
			return
		}
		out, err := os.Create(target)
		if err == nil {
			_, err = io.Copy(out, conn)
			out.Close()
		}
		over <- err
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	conn := tls.Client(raw, config(from.me, protocol, any))
	in, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	if _, err := io.Copy(conn, in); err != nil {
		b.Fatal(err)
	}
	conn.Close()
	if err := <-over; err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
