package secret

import (
	"crypto/rand"
	"sync"

	"cryptodesk/engine/fault"

	"golang.org/x/crypto/nacl/secretbox"
)

const nonceSize = 24 // XSalsa20

// Key is a secret at rest: sealed, and plain only inside Open. Safe for concurrent use.
type Key struct {
	mu  sync.RWMutex
	box []byte // nonce, then the sealed bytes; nil once destroyed
}

// Seal seals the bytes of b and destroys b. Sealing a destroyed Buffer gives a destroyed Key.
func Seal(b *Buffer) *Key {
	defer b.Destroy()
	k := &Key{}
	plain := b.Bytes()
	if plain == nil {
		return k
	}
	box := make([]byte, nonceSize, nonceSize+len(plain)+secretbox.Overhead)
	rand.Read(box)
	Do(func() {
		k.box = secretbox.Seal(box, plain, (*[nonceSize]byte)(box), sealing.key())
	})
	return k
}

// Open hands the plain bytes to f, inside Do, and wipes them when f returns or panics. It returns f's error, or
// fault.Locked when the Key is destroyed. f must not keep the slice. Several goroutines may open the same Key at once.
func (k *Key) Open(f func(b []byte) error) error {
	if k == nil {
		return fault.New(fault.Locked, "", nil)
	}
	err := error(fault.New(fault.Locked, "", nil))
	Do(func() {
		plain := k.unseal()
		if plain == nil {
			return
		}
		defer plain.Destroy()
		err = f(plain.Bytes())
	})
	return err
}

// unseal returns nil when the Key or the sealing key is gone.
func (k *Key) unseal() *Buffer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.box == nil {
		return nil
	}
	plain := New(len(k.box) - nonceSize - secretbox.Overhead)
	if _, ok := secretbox.Open(plain.data[:0], k.box[nonceSize:], (*[nonceSize]byte)(k.box), sealing.key()); !ok {
		plain.Destroy()
		return nil
	}
	return plain
}

// Destroy makes the Key useless for ever. Further calls, and calls on nil, do nothing.
func (k *Key) Destroy() {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	Wipe(k.box)
	k.box = nil
}
