package session

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// turn is work that costs a scrypt: one at a time.
type turn struct {
	given   []*secret.Buffer              // destroyed in the end
	after   func()                        // called in the end; may be nil
	ready   func() (done bool, err error) // asked once it is its turn: is there anything to do?
	work    func(*attempt) error          // goes on although its caller left
	counted bool                          // a passphrase is tried: wrong ones slow the next
	then    func()                        // after work that succeeded, once what it left in memory is wiped; or nil
}

// inTurn runs t so that a cancelled context gets its caller back at once.
func (s *Session) inTurn(ctx context.Context, t turn) error {
	forget := func() {
		for _, b := range t.given {
			b.Destroy()
		}
		if t.after != nil {
			t.after()
		}
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		forget()
		return fault.New(fault.Cancelled, "", ctx.Err())
	}
	if done, err := t.ready(); done {
		forget()
		<-s.turn
		return err
	}
	s.mu.Lock()
	a := &attempt{locks: s.locks}
	s.mu.Unlock()
	begun := ctx.Err() == nil
	done := make(chan error, 1)
	go func() {
		defer secret.Guard()
		err := t.work(a)
		forget()
		if t.counted {
			s.count(a, err, begun)
		}
		secret.Settle()
		if err == nil && t.then != nil {
			t.then()
		}
		<-s.turn
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	s.mu.Lock()
	a.abandoned = true
	over := a.over
	s.mu.Unlock()
	if over {
		return <-done
	}
	return fault.New(fault.Cancelled, "", ctx.Err())
}

// settle makes the outcome of an attempt stand, unless somebody locked or left
// meanwhile. ring and state, if not nil, are what is open from now on.
func (s *Session) settle(a *attempt, ring *keyring.Keyring, state *notes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case a.abandoned:
		return fault.New(fault.Cancelled, "", context.Canceled)
	case a.locks != s.locks:
		a.over = true
		return fault.New(fault.Locked, "", nil)
	}
	a.over = true
	if ring != nil {
		s.ring, s.state = ring, state
		s.idle.begin()
	}
	return nil
}
