package identity

import (
	"bytes"
	"crypto/subtle"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Holds says whether text is the line of k's private key, or, classic, that of
// the classic key that derives from it. It derives no public key, which is what
// takes long in reading one. False for what is no native key pair. text is
// guarded and stays the caller's.
func (k *KeyPair) Holds(text []byte) (main, classic bool) {
	kind := k.public.Kind
	if kind != Hybrid && kind != X25519 {
		return false, false
	}
	_ = k.key.Open(func(root []byte) error { // locked: it holds nothing
		read := secret.New(keySize)
		defer read.Destroy()
		same := func(prefix string, key []byte) bool {
			return decodeKey(read.Bytes(), prefix, text) && subtle.ConstantTimeCompare(read.Bytes(), key) == 1
		}
		if kind == X25519 {
			main = same(x25519Prefix, root)
			return nil
		}
		if main = same(hybridPrefix, root); main {
			return nil
		}
		var half [keySize]byte
		derive(half[:], root, classicLabel)
		classic = same(x25519Prefix, half[:])
		secret.Wipe(half[:])
		return nil
	})
	return main, classic
}

// IsHybrid says whether text begins as the line of a hybrid private key does.
func IsHybrid(text []byte) bool { return bytes.HasPrefix(text, []byte(hybridPrefix)) }

// NativeSize is how many bytes AppendNative appends for a key pair with that
// public half; 0 if it is no native one.
func (p Public) NativeSize() int {
	size := len(p.Comments()) + bech32Size(x25519Prefix, keySize) + 1
	switch p.Kind {
	case Hybrid:
		return size + bech32Size(hybridPrefix, keySize) + 1 + len(classicComment) + len(p.Classic.Text) + 1
	case X25519:
		return size
	}
	return 0
}

const classicComment = "# classic public key: "

// AppendNative is MarshalIdentity to the end of dst, guarded memory that has
// room for NativeSize bytes, with the name that public has. Errors: Locked
// (destroyed), Internal (no room).
func (k *KeyPair) AppendNative(dst []byte, public Public) ([]byte, error) {
	size := public.NativeSize()
	if size == 0 || cap(dst)-len(dst) < size || public.Kind != k.public.Kind {
		return nil, fault.New(fault.Internal, "", nil)
	}
	err := k.key.Open(func(root []byte) error {
		dst = append(dst, public.Comments()...)
		if public.Kind == X25519 {
			dst = append(appendBech32(dst, x25519Prefix, root), '\n')
			return nil
		}
		dst = append(appendBech32(dst, hybridPrefix, root), '\n')
		dst = append(append(append(dst, classicComment...), public.Classic.Text...), '\n')
		var classic [keySize]byte
		derive(classic[:], root, classicLabel)
		dst = append(appendBech32(dst, x25519Prefix, classic[:]), '\n')
		secret.Wipe(classic[:])
		return nil
	})
	return dst, err
}
