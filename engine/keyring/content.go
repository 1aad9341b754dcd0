package keyring

import (
	"bytes"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// maxLines bounds the lines of a text that comes from outside: each costs some
// hundred bytes of memory to read, and the largest keyring has half as many.
const maxLines = 250_000

// Content is what the text of a keyring holds, in no file of its own: a
// backup that was opened, for one. Its holder destroys it. Not safe for
// concurrent use.
type Content struct{ book *book }

// Parse reads the plaintext of a keyring, or any age identity file, as Open
// would. text is guarded and stays the caller's. Errors: KeyringDamaged with
// the line as subject, KeyringTooNew, TooLarge, TooMany.
func Parse(text *secret.Buffer) (*Content, error) {
	lines := 0
	secret.Do(func() { lines = bytes.Count(text.Bytes(), []byte("\n")) })
	if lines > maxLines {
		return nil, fault.New(fault.TooMany, "", nil)
	}
	b, err := parse(text.Bytes())
	if err != nil {
		return nil, err
	}
	return &Content{b}, nil
}

// IsKeyring says whether text begins as that of a keyring does.
func IsKeyring(text []byte) bool { return bytes.HasPrefix(text, []byte(titleFamily)) }

// ContentOf is a content of these key pairs, which become its own.
func ContentOf(keys ...*identity.KeyPair) *Content {
	b := &book{}
	b.forget(b.addKeys(keys))
	return &Content{b}
}

// Content is a copy of what the keyring holds now. Errors: Locked.
func (k *Keyring) Content() (*Content, error) {
	k.using.RLock() // Close would pull the memory away
	defer k.using.RUnlock()
	b, _, err := k.now()
	if err != nil {
		return nil, err
	}
	return (&Content{b}).Clone()
}

// Keys are the key pairs, in the order of Keyring.Keys; they stay the content's.
func (c *Content) Keys() []*identity.KeyPair { return slices.Clone(c.book.keys) }

// Contacts are the people, by name.
func (c *Content) Contacts() []identity.Contact { return slices.Clone(c.book.contacts) }

// Groups are the groups, by name.
func (c *Content) Groups() []Group { return slices.Clone(c.book.groups) }

// Records are the records of that tag.
func (c *Content) Records(tag string) []string { return slices.Clone(c.book.records[tag]) }

// Clone is a copy with a life of its own. Errors: Locked (destroyed).
func (c *Content) Clone() (*Content, error) {
	b := c.book.clone()
	b.keys, b.kept = nil, nil
	out := &Content{b}
	for _, key := range c.book.keys {
		copied, err := key.Clone()
		if err != nil {
			out.Destroy()
			return nil, err
		}
		b.keys = append(b.keys, copied)
	}
	for _, k := range c.book.kept {
		lines := k.lines.Clone()
		if lines == nil {
			out.Destroy()
			return nil, fault.New(fault.Locked, "", nil)
		}
		b.kept = append(b.kept, kept{k.before, lines})
	}
	return out, nil
}

// Only drops everything but the key pair with that ID. Errors: KeyMissing.
func (c *Content) Only(id string) error {
	at := c.book.findKey(id)
	if at < 0 {
		return fault.New(fault.KeyMissing, "", nil)
	}
	alone := &book{keys: []*identity.KeyPair{c.book.keys[at]}}
	c.book.keys = slices.Delete(slices.Clone(c.book.keys), at, at+1)
	c.book.destroy()
	c.book = alone
	return nil
}

// Destroy wipes it; nil-safe, idempotent.
func (c *Content) Destroy() {
	if c != nil {
		c.book.destroy()
	}
}
