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
	Offered   *Offer    // other keys that came under this name; nil if none
}

// Offer is what came under the name of a contact whose keys differ: until
// somebody decides, nothing is encrypted to that contact.
type Offer struct {
	Recipient Recipient
	Classic   Recipient
	Signing   []byte
	Since     time.Time // UTC
}

// ID is stable and short: it names the contact's main key.
func (c Contact) ID() string { return c.Recipient.ID() }

// Changed says that other keys came under this contact's name, and nobody has
// decided which are true.
func (c Contact) Changed() bool { return c.Offered != nil }

// Offer is c with the keys of other waiting for a decision.
func (c Contact) Offer(other Contact) Contact {
	c.Offered = &Offer{other.Recipient, other.Classic, other.Signing, other.Added}
	return c
}

// Accept is c with the keys that were offered, not verified.
func (c Contact) Accept() Contact {
	if o := c.Offered; o != nil {
		c.Recipient, c.Classic, c.Signing, c.Added = o.Recipient, o.Classic, o.Signing, o.Since
		c.Verified, c.Offered = false, nil
	}
	return c
}

// Refuse is c with the keys it had, and the offer forgotten.
func (c Contact) Refuse() Contact {
	c.Offered = nil
	return c
}
