package session

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	wrapLabel  = "CryptoDesk v1: session state"
	markLabel  = "CryptoDesk v1: session mark"
	keyIDLabel = "CryptoDesk v1: session key id"
)

// deriver is keyring.Keyring.Derive.
type deriver func(label string) (*secret.Key, error)

// stateKeys seal one run of writes, from an unlock to a lock, or to the next
// re-keying. Not safe for concurrent use.
type stateKeys struct {
	label   []byte
	wrapped []byte
	session *secret.Key // 32 bytes, never anywhere but here and wrapped
	mark    *secret.Key
	count   uint64 // payloads sealed with session; advanced before use
}

// newStateKeys draws a session key and wraps it under the keyring's key. The
// wrapping key is not kept.
func newStateKeys(derive deriver) (*stateKeys, error) {
	wrap, err := derive(wrapLabel)
	if err != nil {
		return nil, err
	}
	defer wrap.Destroy()
	mark, err := derive(markLabel)
	if err != nil {
		return nil, err
	}
	k := &stateKeys{mark: mark}
	if err := k.draw(wrap); err != nil {
		k.destroy()
		return nil, err
	}
	return k, nil
}

func (k *stateKeys) draw(wrap *secret.Key) error {
	id, err := keyID(k.mark)
	if err != nil {
		return err
	}
	k.label = append(append([]byte(stateLine), id[:]...), make([]byte, idSize)...)
	rand.Read(k.label[len(stateLine)+idSize:])
	fresh := secret.New(keySize)
	defer fresh.Destroy()
	secret.Do(func() { rand.Read(fresh.Bytes()) })
	err = wrap.Open(func(key []byte) error {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return err
		}
		nonce := make([]byte, wrapNonce, wrapNonce+keySize+tagSize)
		rand.Read(nonce)
		k.wrapped = aead.Seal(nonce, nonce, fresh.Bytes(), k.label)
		return nil
	})
	if err == nil {
		k.session = secret.Seal(fresh)
	}
	return err
}

// spent says that it is time for other keys.
func (k *stateKeys) spent(limit uint64) bool { return k.count >= limit }

// seal makes a whole file. The nonce is 16 random bytes and the number of the
// write: it cannot repeat under a session key because the number does not, and
// not in a copy of the machine that is woken twice because of the random bytes.
func (k *stateKeys) seal(seq uint64, sections map[string][]byte) ([]byte, error) {
	k.count++
	size := plainSize(sections)
	raw := make([]byte, 0, headerSize+size+padding(size)+tagSize)
	raw = append(append(raw, k.label...), k.wrapped...)
	raw = binary.BigEndian.AppendUint64(raw, seq)
	var nonce [chacha20poly1305.NonceSizeX]byte
	rand.Read(nonce[:16])
	binary.BigEndian.PutUint64(nonce[16:], k.count)
	raw = append(raw, nonce[:]...)
	whole := appendSections(raw, sections)
	err := k.session.Open(func(key []byte) error {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return err
		}
		raw = aead.Seal(whole[:headerSize], nonce[:], whole[headerSize:], whole[:headerSize])
		return nil
	})
	if err != nil {
		secret.Wipe(whole)
		return nil, err
	}
	return raw, nil
}

// signMark makes a whole mark file.
func (k *stateKeys) signMark(entries []entry) (raw []byte, err error) {
	raw = marshalMark([idSize]byte(k.label[len(stateLine):]), entries)
	err = k.mark.Open(func(key []byte) error {
		raw = hmacOf(raw, key, raw)
		return nil
	})
	return raw, err
}

func (k *stateKeys) destroy() {
	k.session.Destroy()
	k.mark.Destroy()
}

// keyID names the keys derived from a keyring's file key.
func keyID(mark *secret.Key) (id [idSize]byte, err error) {
	err = mark.Open(func(key []byte) error {
		copy(id[:], hmacOf(nil, key, []byte(keyIDLabel)))
		return nil
	})
	return id, err
}

func hmacOf(dst, key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(dst)
}

// opener reads what earlier sessions sealed.
type opener struct {
	wrap, mark *secret.Key
	id         [idSize]byte
}

func newOpener(derive deriver) (o *opener, err error) {
	o = &opener{}
	if o.wrap, err = derive(wrapLabel); err == nil {
		if o.mark, err = derive(markLabel); err == nil {
			o.id, err = keyID(o.mark)
		}
	}
	if err != nil {
		o.destroy()
		return nil, err
	}
	return o, nil
}

func (o *opener) destroy() {
	o.wrap.Destroy()
	o.mark.Destroy()
}

// state opens a whole file, and overwrites raw with what it decrypts, which it
// wipes.
func (o *opener) state(raw []byte) (seq uint64, sections map[string][]byte, err error) {
	f, err := parseState(raw)
	if err != nil {
		return 0, nil, err
	}
	if f.keyID != o.id {
		return 0, nil, errForeign
	}
	session := secret.New(keySize)
	defer session.Destroy()
	err = o.wrap.Open(func(key []byte) error {
		return openBox(session.Bytes()[:0], key, f.wrapped[:wrapNonce], f.wrapped[wrapNonce:], f.label)
	})
	if err != nil {
		return 0, nil, err
	}
	secret.Do(func() { err = openBox(f.box[:0], session.Bytes(), f.nonce, f.box, f.header) })
	if err != nil {
		return 0, nil, err
	}
	defer secret.Wipe(f.box)
	sections, err = parseSections(f.box[:len(f.box)-tagSize])
	return f.seq, sections, err
}

func openBox(dst, key, nonce, box, aad []byte) error {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return err
	}
	if _, err := aead.Open(dst, nonce, box, aad); err != nil {
		return errDamaged
	}
	return nil
}

// marks reads a whole mark file.
func (o *opener) marks(raw []byte) ([]entry, error) {
	id, entries, mac, err := parseMark(raw)
	if err != nil {
		return nil, err
	}
	if id != o.id {
		return nil, errForeign
	}
	err = o.mark.Open(func(key []byte) error {
		if !hmac.Equal(mac, hmacOf(nil, key, bytes.TrimSuffix(raw, mac))) {
			return errDamaged
		}
		return nil
	})
	return entries, err
}

// problemOf is the fault a person is told.
func problemOf(path string, err error) error {
	switch err {
	case nil:
		return nil
	case errDamaged:
		return fault.New(fault.StateDamaged, path, err)
	case errOld:
		return fault.New(fault.StateOld, path, err)
	case errTooNew:
		return fault.New(fault.TooNew, path, err)
	case errForeign:
		return fault.New(fault.StateForeign, path, err)
	}
	return fault.FromOS(path, err)
}

// LendStateKeys calls f, inside secret.Do, with each key of the sealed state,
// which f must not keep. While locked there are none.
func (s *Session) LendStateKeys(f func(key []byte)) {
	n := s.notes()
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		return
	}
	for _, k := range []*secret.Key{n.keys.session, n.keys.mark} {
		_ = k.Open(func(key []byte) error { // destroyed meanwhile: there is none
			f(key)
			return nil
		})
	}
}
