package identity

import "time"

// Contact is somebody else, as the keyring remembers them. All of it is
// public. A contact made from a bare public key has no Signing key and no
// Classic recipient.
type Contact struct {
	Name      string
	Recipient Recipient // what files are encrypted to by default
	Classic   Recipient // the same person without post-quantum; zero if not known
	Signing   []byte    // Ed25519 public key, 32 bytes; nil if not known
	Verified  bool      // the safety words were compared
	Added     time.Time // UTC
}

// ID is stable and short: it names the contact's main key.
func (c Contact) ID() string { return c.Recipient.ID() }
