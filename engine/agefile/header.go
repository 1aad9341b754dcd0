package agefile

import (
	"io"

	"filippo.io/age"

	"cryptodesk/engine/secret"
)

// Header is the first part of an age file and the file key it wraps. The bytes
// are public; the key is guarded. Safe for concurrent use until Destroy.
type Header struct {
	Bytes []byte
	key   *secret.Buffer
}

// FileKey is the 16-byte file key; the header owns it.
func (h *Header) FileKey() *secret.Buffer { return h.key }

// Destroy wipes the file key; nil-safe, idempotent.
func (h *Header) Destroy() {}

// NewHeader draws a file key and wraps it for everyone in to.
// Errors: NoRecipients, MixedKeys, PassphraseAlone, BadRecipient.
func NewHeader(to ...age.Recipient) (*Header, error) { panic("in flight") }

// OpenHeader finds the file key of raw, the exact header bytes, with the first
// identity that fits, and checks the header's MAC with it. The caller destroys
// the result. Errors: NoKey, WrongPassphrase, NeedPassphrase, WorkFactor, HeaderDamaged.
func OpenHeader(raw []byte, ids ...age.Identity) (*secret.Buffer, error) { panic("in flight") }

// ReadHeader reads the header of an age file of size bytes: its exact (dearmored)
// bytes, whether the file is armored, and where the payload's nonce starts in a
// binary file. Errors: Empty, NotEncrypted, TooNew, HeaderDamaged, ArmorDamaged, Truncated.
func ReadHeader(r io.ReaderAt, size int64) (raw []byte, armored bool, payload int64, err error) {
	panic("in flight")
}
