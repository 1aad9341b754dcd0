package exchange

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// Key is one's own signing key. It is a crypto.Signer and is destroyed by who was
// handed it.
type Key interface {
	crypto.Signer
	Destroy()
}

// Service is all that one profile exchanges. Safe for concurrent use.
type Service struct {
	store *safefile.Store
	box   *outbox
	inbox *transfer.Inbox

	ctx    context.Context // of every exchange; its end leaves them to be gone on with
	cancel context.CancelCauseFunc
	all    sync.WaitGroup
	tell   func()

	readying  sync.Mutex // held while a readiness takes the place of another
	mu        sync.Mutex
	exchanges []*Exchange
	questions []*Question
	ready     *ready
	blocked   map[string]bool // peers by signing key, who are not asked about while this one runs
}

// New makes the service of the profile folder home; nothing is opened or sent.
// changed is called after anything did, on any goroutine.
func New(store *safefile.Store, home string, changed func()) *Service {
	s := &Service{
		store:   store,
		box:     newOutbox(filepath.Join(home, "outbox")),
		inbox:   transfer.NewInbox(store, filepath.Join(home, "inbox")),
		tell:    changed,
		blocked: make(map[string]bool),
	}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	return s
}

// Close ends what runs, so that it can be gone on with, and waits. Idempotent.
func (s *Service) Close() {
	s.NotReady()
	s.cancel(transfer.ErrLater)
	s.all.Wait()
}

// Sweep removes what was not gone on with for seven days, on both sides. What
// cannot be removed now is tried again by the next.
func (s *Service) Sweep(now time.Time) {
	_ = s.inbox.Sweep(now)
	s.box.sweep(now)
}

// Exchanges are those of this run, oldest first.
func (s *Service) Exchanges() []*Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.exchanges)
}

// Forget takes an exchange that is over off the list.
func (s *Service) Forget(x *Exchange) {
	if x.Phase() != Over {
		return
	}
	s.mu.Lock()
	s.exchanges = slices.DeleteFunc(s.exchanges, func(o *Exchange) bool { return o == x })
	s.mu.Unlock()
	s.tell()
}

// add puts an exchange on the list, and makes its end seen.
func (s *Service) add(x *Exchange) {
	s.mu.Lock()
	s.exchanges = append(s.exchanges, x)
	s.mu.Unlock()
	s.all.Go(func() {
		defer secret.Guard()
		<-x.Done()
		x.enter(Over)
	})
	s.tell()
}

// Question is an offer that somebody has to decide about. Safe for concurrent
// use.
type Question struct {
	From   transfer.Peer
	Offer  *transfer.Offer // not to be changed
	answer chan verdict
	once   sync.Once
}

// Verdict is what a person says to an offer.
type Verdict int

const (
	Decline Verdict = iota
	Accept
	Block // decline, and do not ask about this contact again
)

type verdict struct {
	say    Verdict
	folder string
}

// Answer decides; folder is where files go when it is Accept. The first answer
// counts.
func (q *Question) Answer(v Verdict, folder string) {
	q.once.Do(func() { q.answer <- verdict{v, folder} })
}

// Questions are the offers that wait for an answer, oldest first; one whose
// sender gave up is not among them any more.
func (s *Service) Questions() []*Question {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.questions)
}

func keyOf(k ed25519.PublicKey) string { return string(k) }
