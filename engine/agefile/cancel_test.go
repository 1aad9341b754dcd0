package agefile

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

func TestCancelAtAnyMoment(t *testing.T) {
	key := x25519(t)
	in := newShop(t)
	plain := in.put("d/in", randomBytes(3<<20))
	for i := range 50 {
		in.put(fmt.Sprintf("d/small %d", i), randomBytes(5000))
	}
	must(t, in.encrypt(plain, in.path("in.age"), key.to, Options{}))
	must(t, in.encrypt(plain, in.path("text.age"), key.to, Options{Armor: true}))
	_, err := in.pack(in.path("d"), in.path("d.tar.age"), key.to)
	must(t, err)
	// Each job is cancelled at its start and at each of its first progress reports.
	jobs := map[string]func(s *shop, opt Options) error{
		"encrypt": func(s *shop, opt Options) error { return s.encrypt(plain, s.path("out"), key.to, opt) },
		"encrypt armor": func(s *shop, opt Options) error {
			opt.Armor = true
			return s.encrypt(plain, s.path("out"), key.to, opt)
		},
		"decrypt":       func(s *shop, opt Options) error { return s.decrypt(in.path("in.age"), s.path("out"), key.id, opt) },
		"decrypt armor": func(s *shop, opt Options) error { return s.decrypt(in.path("text.age"), s.path("out"), key.id, opt) },
		"rewrap": func(s *shop, opt Options) error {
			return s.rewrap(in.path("in.age"), s.path("out"), key.id, key.to, opt)
		},
		"pack": func(s *shop, opt Options) error {
			return s.through(plain, s.path("out"), func(_ *safefile.Source, dst *safefile.File) error {
				_, err := EncryptFolder(s.ctx, in.path("d"), dst, key.to, opt)
				return err
			})
		},
		"extract": func(s *shop, opt Options) error {
			src, err := safefile.OpenSource(in.path("d.tar.age"))
			must(t, err)
			defer src.Close()
			dst, err := s.store.CreateDir(s.path("out"), 0o700)
			must(t, err)
			defer dst.Discard()
			_, err = ExtractFolder(s.ctx, src, dst, key.id, opt)
			return err
		},
	}
	for name, job := range jobs {
		t.Run(name, func(t *testing.T) {
			for after := range 12 {
				s := newShop(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s.ctx = ctx
				var reports atomic.Int64
				if after == 0 {
					cancel()
				}
				err := job(s, Options{Progress: func(int64) {
					if reports.Add(1) == int64(after) {
						cancel()
					}
				}})
				if err == nil && reports.Load() > 0 && reports.Load() <= int64(after)+3 {
					continue // it was done before anybody could notice
				}
				want(t, err, fault.Cancelled)
				s.holds()
			}
		})
	}
}

func TestCancelWhileScryptRuns(t *testing.T) {
	file, _ := sealed(t, 100, []age.Recipient{phrase(t, "p", 4)}, Options{})
	s := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.ctx = ctx
	slow := stuck{phrase(t, "p", 4), make(chan struct{}), make(chan struct{})}
	defer close(slow.release)
	go func() {
		<-slow.started
		cancel()
	}()
	err := s.decrypt(s.put("in.age", file), s.path("out"), []age.Identity{slow}, Options{})
	want(t, err, fault.Cancelled)
	s.holds("in.age")
}

// stuck is a passphrase that takes until release.
type stuck struct {
	*Passphrase
	started, release chan struct{}
}

func (s stuck) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	close(s.started)
	<-s.release
	return s.Passphrase.Unwrap(stanzas)
}
