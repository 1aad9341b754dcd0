package engine

import (
	"context"
	"sync"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// Myself is the ID that stands for one's own other computers in Send.
const Myself = "me"

// Readiness says how to be ready to receive. The zero value is what the window
// means: every address of this computer, for an hour, and a person is asked.
type Readiness struct {
	Address string        // "host:port" or ":port"
	For     time.Duration // 0: exchange.ReadyFor; <0: until NotReady
	Silent  bool          // without beacons on the local network, which contacts find one by
	// Trusted, if not nil, names the folder for what comes from contacts, by ID,
	// whose offers nobody is asked about.
	Trusted func(id string) (folder string, ok bool)
	// Agree, if not nil, is asked before a person is: ok is false to ask one. ctx ends
	// when the sender waits no longer.
	Agree func(ctx context.Context, from transfer.Peer, o *transfer.Offer) (folder string, err error, ok bool)
}

// Ready begins to listen for contacts, in place of a readiness before. It
// outlasts a lock: the signing key is kept for it, sealed, and who the contacts
// are; nothing else. Errors: Locked, KeyMissing (no key pair that can prove who
// one is), NoListen.
func (e *Engine) Ready(opt Readiness) error {
	key, err := e.signer()
	if err != nil {
		return err
	}
	var until time.Time
	switch {
	case opt.For == 0:
		until = time.Now().Add(exchange.ReadyFor)
	case opt.For > 0:
		until = time.Now().Add(opt.For)
	}
	r := exchange.Readiness{Key: key, Address: opt.Address, Until: until, Silent: opt.Silent, Peers: e.peers(), Agree: opt.Agree}
	if opt.Trusted != nil {
		r.Trusted = func(from transfer.Peer) (string, bool) { return opt.Trusted(from.ID) }
	}
	return e.exchange.Ready(r)
}

// NotReady takes no more; what is being received goes on.
func (e *Engine) NotReady() { e.exchange.NotReady() }

// IsReady says where contacts can reach this program ("host:port", the likeliest
// first), and until when; a zero until is for ever. ok is false when it does not
// listen.
func (e *Engine) IsReady() (at []string, until time.Time, ok bool) {
	where, until, ok := e.exchange.IsReady()
	if !ok {
		return nil, until, false
	}
	return exchange.Reachable(where), until, true
}

// Send starts to send paths to a contact, or to Myself, at addresses that where
// answers, the best first, and tries for patience when the connection breaks or
// nobody answers. Errors: Locked, KeyMissing, NoContact, ContactChanged, NoSigning
// (the contact's signing key is not known: their card has it), BadAddress.
func (e *Engine) Send(contact string, where func() []string, paths []string, patience time.Duration) (*exchange.Exchange, error) {
	to, recipient, err := e.peer(contact)
	if err != nil {
		return nil, err
	}
	key, err := e.signer()
	if err != nil {
		return nil, err
	}
	me, ok := e.me()
	if !ok {
		key.Destroy()
		return nil, fault.New(fault.Locked, "", nil)
	}
	x := e.exchange.Send(exchange.Sending{
		Key: key, To: to, For: recipient, Vault: vault{e, me.Recipient}, Paths: paths, Where: where, Patience: patience,
	})
	e.usedFor([]identity.Recipient{recipient})
	return x, nil
}

// Seek listens on the local network for contacts, and Myself, who are ready to
// receive, and tells where, until ctx ends. found is called by one goroutine at a
// time. It blocks. Errors: Locked, NoListen (no network).
func (e *Engine) Seek(ctx context.Context, found func(id, address string)) error {
	if !e.Unlocked() {
		return fault.New(fault.Locked, "", nil)
	}
	return transfer.Watch(ctx, e.peers(), func(p transfer.Peer, address string) { found(p.ID, address) })
}

// Exchanges are what was sent and received since the program began, oldest first.
func (e *Engine) Exchanges() []*exchange.Exchange { return e.exchange.Exchanges() }

// Questions are the offers that wait for a person.
func (e *Engine) Questions() []*exchange.Question { return e.exchange.Questions() }

// Forget takes an exchange that is over off the list.
func (e *Engine) Forget(x *exchange.Exchange) { e.exchange.Forget(x) }

// signer is the key that proves who one is: that of the first key pair that has
// one, since a contact compares it with one card.
func (e *Engine) signer() (*identity.Signer, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil, err
	}
	for _, k := range ring.Keys() {
		if k.Public().Signing != nil {
			return k.Signer()
		}
	}
	return nil, fault.New(fault.KeyMissing, "", nil)
}

// me is the public half of signer's key pair; false while locked.
func (e *Engine) me() (identity.Public, bool) {
	for _, k := range e.Keys() {
		if k.Signing != nil {
			return k, true
		}
	}
	return identity.Public{}, false
}

// peer finds whom to send to.
func (e *Engine) peer(id string) (transfer.Peer, identity.Recipient, error) {
	me, ok := e.me()
	switch {
	case !e.Unlocked():
		return transfer.Peer{}, identity.Recipient{}, fault.New(fault.Locked, "", nil)
	case id == Myself && !ok:
		return transfer.Peer{}, identity.Recipient{}, fault.New(fault.KeyMissing, "", nil)
	case id == Myself:
		return transfer.Peer{ID: Myself, Name: me.Name, Signing: me.Signing}, me.Recipient, nil
	}
	c, err := e.Contact(id)
	switch {
	case err != nil:
		return transfer.Peer{}, identity.Recipient{}, err
	case c.Changed():
		return transfer.Peer{}, identity.Recipient{}, fault.New(fault.ContactChanged, c.Name, nil)
	case c.Signing == nil:
		return transfer.Peer{}, identity.Recipient{}, fault.New(fault.NoSigning, c.Name, nil)
	}
	return transfer.Peer{ID: c.ID(), Name: c.Name, Signing: c.Signing}, c.Recipient, nil
}

// peers answers who may send: the contacts whose signing key is known and who
// are not in doubt, and one's own other computers. While locked it answers
// those from before.
func (e *Engine) peers() func() []transfer.Peer {
	var mu sync.Mutex
	var known []transfer.Peer
	refresh := func() []transfer.Peer {
		mu.Lock()
		defer mu.Unlock()
		me, ok := e.me()
		if !ok {
			return known
		}
		known = []transfer.Peer{{ID: Myself, Name: me.Name, Signing: me.Signing}}
		for _, c := range e.Contacts() {
			if c.Signing != nil && !c.Changed() {
				known = append(known, transfer.Peer{ID: c.ID(), Name: c.Name, Signing: c.Signing})
			}
		}
		return known
	}
	refresh()
	return refresh
}

// vault seals what the outbox notes to one's own key pair, while locked too: encrypting may
// outlast the lock.
type vault struct {
	e  *Engine
	to identity.Recipient
}

func (v vault) Seal(plain *secret.Buffer) ([]byte, error) {
	to, err := v.to.Age(nil)
	if err != nil {
		return nil, err
	}
	return agefile.SealBytes(plain, to)
}

func (v vault) Open(raw []byte) (*secret.Buffer, error) {
	lease, err := v.e.session.Lease()
	if err != nil {
		return nil, err
	}
	defer lease.Close()
	var native []age.Identity = lease.Identities()
	return agefile.OpenBytes(context.Background(), raw, native, len(raw))
}
