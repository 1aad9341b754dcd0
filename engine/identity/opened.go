package identity

import (
	"context"
	"sync"
	"sync/atomic"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Opened is a set of private keys held ready for one batch of files, in
// guarded memory. Safe for concurrent use. After Close, Unwrap answers
// fault.Locked, so no further header can be opened with it.
type Opened struct {
	mu  sync.RWMutex   // held for reading while a key is in use
	mem *secret.Buffer // all keys in a row; nil once closed
	ids []age.Identity

	ctx  context.Context // ends with Close: no plugin outlives it
	end  context.CancelFunc
	asks prompterBox
}

// slot is where one key lies in an Opened.
type slot struct {
	home     *Opened
	from, to int
}

// use lends f the key, inside secret.Do, and keeps Close waiting meanwhile.
func (s slot) use(f func(key []byte) ([]byte, error)) (fileKey []byte, err error) {
	s.home.mu.RLock()
	defer s.home.mu.RUnlock()
	mem := s.home.mem.Bytes()
	if mem == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	secret.Do(func() { fileKey, err = f(mem[s.from:s.to:s.to]) })
	return fileKey, err
}

// Open readies keys for a batch; the key pairs stay the caller's. Opening costs
// microseconds a key, so it is done once a batch and not once a file.
// Errors: Locked (a key pair is destroyed).
func Open(keys ...*KeyPair) (*Opened, error) {
	o := &Opened{}
	o.ctx, o.end = context.WithCancel(context.Background())
	size := 0
	for _, k := range keys {
		n, err := k.size()
		if err != nil {
			return nil, err
		}
		size += n
	}
	o.mem = secret.New(size)
	at := 0
	take := func(n int) slot {
		at += n
		return slot{o, at - n, at}
	}
	// Classic keys come late: what a post-quantum key opens is found at once.
	// Plugins come last: they are slow, and ask.
	var classic []age.Identity
	plugins := &pluginKeys{home: o, ctx: context.Background(), who: &o.asks, gaveUp: new(atomic.Bool)}
	for _, k := range keys {
		err := k.key.Open(func(root []byte) error {
			s := take(len(root))
			copy(o.mem.Bytes()[s.from:s.to], root)
			switch k.public.Kind {
			case Hybrid:
				o.ids = append(o.ids, &hybridIdentity{s})
				c := take(keySize)
				derive(o.mem.Bytes()[c.from:c.to], root, classicLabel)
				classic = append(classic, &x25519Identity{c, publicKey(k.public.Classic)})
			case X25519:
				o.ids = append(o.ids, &x25519Identity{s, publicKey(k.public.Recipient)})
			case Plugin:
				plugins.keys = append(plugins.keys, pluginKey{k.public.Plugin, s})
			default:
				o.ids = append(o.ids, &sshIdentity{s, string(k.public.Kind)})
			}
			return nil
		})
		if err != nil {
			o.Close()
			return nil, err
		}
	}
	o.ids = append(o.ids, classic...)
	if len(plugins.keys) > 0 {
		o.ids = append(o.ids, plugins)
	}
	return o, nil
}

// size is how many bytes of an Opened the key pair needs.
func (k *KeyPair) size() (n int, err error) {
	switch k.public.Kind {
	case Hybrid:
		return 2 * keySize, nil
	case X25519:
		return keySize, nil
	}
	err = k.key.Open(func(text []byte) error {
		n = len(text)
		return nil
	})
	return n, err
}

// Identities are to be handed to age: one for each native key pair in their
// order, then the classic keys of hybrid ones, then one for all plugins
// together. The slice is not to be changed. See Under for ending a plugin with
// a job.
func (o *Opened) Identities() []age.Identity {
	if o == nil {
		return nil
	}
	return o.ids
}

// Close waits for running Unwraps and wipes; a plugin at work is not waited
// for but ended. Nil-safe, idempotent.
func (o *Opened) Close() {
	if o == nil {
		return
	}
	o.end()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mem.Destroy()
	o.mem = nil
}

// Closed says whether Close was called.
func (o *Opened) Closed() bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.mem == nil
}

// SetPrompter says who answers the questions of plugins among the keys; with
// nobody, a plugin that asks fails.
func (o *Opened) SetPrompter(p Prompter) { o.asks.set(p) }
