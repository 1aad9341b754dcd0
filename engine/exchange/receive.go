package exchange

import (
	"context"
	"crypto/ed25519"
	"net"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// DefaultPort is where one is ready to receive unless another port is asked for. It
// is assigned to nobody (IANA, dynamic ports).
const DefaultPort = 53917

// ReadyFor is how long readiness to receive lasts.
const ReadyFor = time.Hour

// Readiness says how to be ready to receive.
type Readiness struct {
	Key     Key    // taken over
	Address string // "host:port" or ":port"; empty is every address, at DefaultPort or at any port if that is taken
	Until   time.Time
	Silent  bool // without beacons on the local network
	// Peers answers everybody who may send, as of now. It is called for every
	// connection, while locked as well.
	Peers func() []transfer.Peer
	// Trusted, if not nil, names the folder for what comes from peers whose offers
	// nobody is asked about.
	Trusted func(from transfer.Peer) (folder string, ok bool)
	// Agree, if not nil, is asked in place of a person: ok is false to ask one. ctx
	// ends when the sender waits no longer.
	Agree func(ctx context.Context, from transfer.Peer, o *transfer.Offer) (folder string, err error, ok bool)
}

type ready struct {
	Readiness
	listener *transfer.Listener
	silence  context.CancelFunc
	over     sync.Once
}

// Ready begins to listen, in place of a readiness before. Errors: NoListen, and
// those of the key.
func (s *Service) Ready(opt Readiness) error {
	s.readying.Lock()
	defer s.readying.Unlock()
	s.NotReady()
	me, err := transfer.NewMe(opt.Key)
	if err != nil {
		opt.Key.Destroy()
		return err
	}
	r := &ready{Readiness: opt}
	known := func(key ed25519.PublicKey) (transfer.Peer, bool) { return find(opt.Peers(), key) }
	serve := func(ctx context.Context, ch *transfer.Channel) { s.receive(ctx, r, ch) }
	r.listener, err = listen(s.ctx, opt.Address, me, known, serve)
	if err != nil {
		opt.Key.Destroy()
		return err
	}
	ctx, silence := context.WithCancel(s.ctx)
	r.silence = silence
	if at, ok := r.listener.Addr().(*net.TCPAddr); ok && !opt.Silent && !at.IP.IsLoopback() {
		s.all.Go(func() {
			defer secret.Guard()
			transfer.Announce(ctx, me.Public(), at.Port)
		})
	}
	s.mu.Lock()
	s.ready = r
	s.mu.Unlock()
	if !opt.Until.IsZero() {
		s.all.Go(func() {
			defer secret.Guard()
			s.expire(ctx, r)
		})
	}
	s.tell()
	return nil
}

// lateness is how long after its end a readiness may last, after the computer slept.
const lateness = 10 * time.Second

// expire ends a readiness in time. A timer stands still while the computer sleeps,
// and a clock may be set back: what comes first counts.
func (s *Service) expire(ctx context.Context, r *ready) {
	for {
		left := min(time.Until(r.Until), r.Until.Round(0).Sub(time.Now().Round(0)))
		if left <= 0 {
			s.end(r)
			return
		}
		select {
		case <-time.After(min(left, lateness)):
		case <-ctx.Done():
			return
		}
	}
}

func listen(ctx context.Context, address string, me *transfer.Me, known func(ed25519.PublicKey) (transfer.Peer, bool), serve func(context.Context, *transfer.Channel)) (*transfer.Listener, error) {
	if address != "" {
		return transfer.Listen(ctx, address, me, known, serve)
	}
	l, err := transfer.Listen(ctx, Address("", DefaultPort), me, known, serve)
	if err != nil {
		l, err = transfer.Listen(ctx, ":0", me, known, serve)
	}
	return l, err
}

func find(peers []transfer.Peer, key ed25519.PublicKey) (transfer.Peer, bool) {
	i := slices.IndexFunc(peers, func(p transfer.Peer) bool { return key.Equal(p.Signing) })
	if i < 0 {
		return transfer.Peer{}, false
	}
	return peers[i], true
}

// Renew asks a readiness for its peers, after they changed and before a lock comes
// that would leave those from before.
func (s *Service) Renew() {
	s.mu.Lock()
	r := s.ready
	s.mu.Unlock()
	if r != nil {
		r.Peers()
	}
}

// NotReady takes no more. What is being received goes on.
func (s *Service) NotReady() {
	s.mu.Lock()
	r := s.ready
	s.mu.Unlock()
	if r != nil {
		s.end(r)
	}
}

func (s *Service) end(r *ready) {
	r.over.Do(func() {
		r.listener.Refuse()
		r.silence()
		s.mu.Lock()
		if s.ready == r {
			s.ready = nil
		}
		s.mu.Unlock()
		s.all.Go(func() {
			defer secret.Guard()
			r.listener.Wait()
			r.listener.Close() // it lets go of the context it had
			r.Key.Destroy()
		})
		s.tell()
	})
}

// IsReady says where one can be reached now and until when; ok is false when
// not ready.
func (s *Service) IsReady() (at net.Addr, until time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready == nil {
		return nil, time.Time{}, false
	}
	return s.ready.listener.Addr(), s.ready.Until, true
}

// receive takes one channel. An exchange is only seen once somebody agreed to
// it.
func (s *Service) receive(ctx context.Context, r *ready, ch *transfer.Channel) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, 1)
	var begun bool
	var m *meter
	_, err := s.inbox.Receive(ctx, ch, func(ctx context.Context, from transfer.Peer, o *transfer.Offer) (string, error) {
		return s.decide(ctx, r, from, o)
	}, transfer.Events{
		Trusted: r.Trusted,
		Agreed:  func(o *transfer.Offer) { begun, m = true, s.incoming(ch.Peer, o, cancel, ended) },
		Moved:   func(_ *transfer.Offer, entry int, done int64, name string) { m.moved(entry, done, name) },
	})
	if begun {
		ended <- err
	}
}

// incoming makes an exchange of an offer that was agreed to. It ends with what
// comes through ended, and its Cancel calls cancel.
func (s *Service) incoming(from transfer.Peer, o *transfer.Offer, cancel context.CancelCauseFunc, ended <-chan error) *meter {
	started := make(chan *job.Tracker, 1)
	x := &Exchange{ID: o.ID, Incoming: true, Peer: from, changed: s.tell}
	x.phase.Store(int32(Moving))
	x.Job = job.Start(s.ctx, rows(o), func(ctx context.Context, t *job.Tracker) error {
		started <- t
		defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
		return <-ended
	})
	s.add(x)
	return newMeter(<-started)
}

// decide gets the answer to an offer.
func (s *Service) decide(ctx context.Context, r *ready, from transfer.Peer, o *transfer.Offer) (string, error) {
	if r.Agree != nil {
		if folder, err, ok := r.Agree(ctx, from, o); ok {
			return folder, err
		}
	}
	q := &Question{From: from, Offer: o, answer: make(chan verdict, 1)}
	s.mu.Lock()
	blocked := s.blocked[keyOf(from.Signing)]
	if !blocked {
		s.questions = append(s.questions, q)
	}
	s.mu.Unlock()
	if blocked {
		return "", fault.New(fault.Declined, from.Name, nil)
	}
	s.tell()
	defer func() {
		s.mu.Lock()
		s.questions = slices.DeleteFunc(s.questions, func(o *Question) bool { return o == q })
		s.mu.Unlock()
		s.tell()
	}()
	select {
	case v := <-q.answer:
		switch v.say {
		case Accept:
			return v.folder, nil
		case Block:
			s.mu.Lock()
			s.blocked[keyOf(from.Signing)] = true
			s.mu.Unlock()
		}
		return "", fault.New(fault.Declined, from.Name, nil)
	case <-ctx.Done():
		return "", fault.New(fault.Cancelled, from.Name, context.Cause(ctx))
	}
}
