package legacy

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"slices"
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// oaepHashes are those that scripts use, for the label and the mask alike.
var oaepHashes = []struct {
	name string
	new  func() hash.Hash
}{{"SHA-1", sha1.New}, {"SHA-256", sha256.New}}

// rsa opens with a private key, whose passphrase is the one at hand.
func (o *opening) rsa(data *secret.Buffer, with Secrets) error {
	if !slices.ContainsFunc(o.wanted, func(g Guess) bool { return g.Format.RSA() }) {
		return fault.New(fault.LegacyNothing, "", nil)
	}
	var ask identity.Ask
	if with.Passphrase != nil {
		ask = func(again bool) (*secret.Buffer, error) {
			if again {
				return nil, fault.New(fault.WrongPassphrase, "", nil)
			}
			return with.Passphrase.Clone(), nil
		}
	}
	return identity.LendRSA(with.Key, ask, func(private *rsa.PrivateKey) error {
		for _, f := range forms(data.Bytes()) {
			if o.ctx.Err() == nil && len(o.found) == 0 {
				o.oaep(f, private)
			}
		}
		return nil
	})
}

// oaep opens what is encrypted straight to the key, or a session key and what follows it.
func (o *opening) oaep(f form, private *rsa.PrivateKey) {
	size := private.Size()
	if len(f.bytes) < size {
		return
	}
	for _, h := range oaepHashes {
		plain, err := rsa.DecryptOAEP(h.new(), nil, private, f.bytes[:size], nil)
		if err != nil {
			continue
		}
		defer secret.Wipe(plain)
		name := "RSA-" + strconv.Itoa(8*size) + "-OAEP, " + h.name
		rest := f.bytes[size:]
		switch {
		case len(rest) == 0 && o.wants(OAEP, f):
			what, material := look(plain)
			o.note(OAEP, true, plain, what, material, name, string(f.encoding))
		case len(rest) >= nonceSize+tagSize && o.wants(Session, f) && slices.Contains(keySizes, len(plain)):
			if inner, ok := openEAX(rest, plain); ok {
				defer secret.Wipe(inner)
				what, material := look(inner)
				o.note(Session, true, inner, what, material, name, "AES-"+bits(plain)+"-EAX", string(f.encoding))
			}
		}
	}
}
