package batch

import (
	"sync"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
)

// lazyHeader makes the one header of a passphrase job when the first file
// needs it, so that scrypt is paid inside the job and only once. Each file
// still has its own payload key, by its own random nonce.
type lazyHeader struct {
	once sync.Once
	h    *agefile.Header
	err  error
}

func (l *lazyHeader) get(to []age.Recipient) (*agefile.Header, error) {
	l.once.Do(func() { l.h, l.err = agefile.NewHeader(to...) })
	return l.h, l.err
}

func (l *lazyHeader) destroy() {
	if l.h != nil {
		l.h.Destroy()
	}
}

// proofs keeps the headers of files whose originals will be removed.
type proofs struct {
	mu   sync.Mutex
	held map[int]*agefile.Header
}

func (p *proofs) keep(i int, h *agefile.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = make(map[int]*agefile.Header)
	}
	p.held[i] = h
}

// take hands the header of row i over; nil when none was kept.
func (p *proofs) take(i int) *agefile.Header {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.held[i]
	delete(p.held, i)
	return h
}

func (p *proofs) destroy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.held {
		h.Destroy()
	}
	p.held = nil
}
