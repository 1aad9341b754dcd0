package identity

import (
	"time"

	"filippo.io/age"

	"cryptodesk/engine/secret"
)

// Public is what may be known of a key pair: everything but the private key.
type Public struct {
	Name        string
	Kind        Kind
	ID          string    // names the key pair in the keyring; see Recipient.ID
	Recipient   Recipient // what files are encrypted to by default
	Classic     Recipient // the same person without post-quantum; zero unless Kind is Hybrid
	Signing     []byte    // Ed25519 public key, 32 bytes; nil for SSH keys
	Created     time.Time // UTC; zero if not known
	Fingerprint string    // Recipient.Fingerprint()
}

// KeyPair is a private key and what derives from it. Safe for concurrent use.
type KeyPair struct {
}

// New makes a post-quantum key pair: 32 random bytes from which everything
// else derives. name must pass CleanName.
func New(name string) (*KeyPair, error) { panic("in flight") }

// NewClassic makes an X25519 key pair, for people whose programs have no
// post-quantum keys. name must pass CleanName.
func NewClassic(name string) (*KeyPair, error) { panic("in flight") }

// ParseIdentityFile reads private keys: an age identity file (AGE-SECRET-KEY-1
// and AGE-SECRET-KEY-PQ-1 lines, comments, "# created:" and "# name:" noted) or
// one unencrypted OpenSSH ed25519 or rsa key. b stays the caller's. At most
// 16 MiB and 10,000 keys. Anything else is fault.BadIdentity, which never
// repeats what was read. Encrypted identity files are opened by the caller first.
func ParseIdentityFile(b *secret.Buffer) ([]*KeyPair, error) { panic("in flight") }

// Public is a copy of what may be known.
func (k *KeyPair) Public() Public { panic("in flight") }

// MarshalIdentity is the key pair as an age identity file in guarded memory,
// which the caller destroys; for an SSH key, its OpenSSH text.
func (k *KeyPair) MarshalIdentity() (*secret.Buffer, error) { panic("in flight") }

// Destroy wipes the private key; nil-safe, idempotent.
func (k *KeyPair) Destroy() {}

// Opened is a set of private keys held ready for one batch of files. Safe for
// concurrent use. After Close, Unwrap answers fault.Locked.
type Opened struct {
}

// Open readies keys for a batch; the key pairs stay the caller's.
func Open(keys ...*KeyPair) (*Opened, error) { panic("in flight") }

// Identities are to be handed to age; in the order of the keys.
func (o *Opened) Identities() []age.Identity { panic("in flight") }

// Close waits for running Unwraps and wipes; nil-safe, idempotent.
func (o *Opened) Close() {}

// MarshalCard is the contact card of k: a few lines of public text, signed by
// k, which `age -R` takes. SSH keys have no card: fault.BadIdentity.
func MarshalCard(k *KeyPair) ([]byte, error) { panic("in flight") }

// ParseCard reads a contact card and checks its signature. Errors: CardDamaged,
// CardForged, TooNew. The contact is not verified: the signature only says that
// the card is whole.
func ParseCard(b []byte) (Contact, error) { panic("in flight") }

// SafetyWords are twelve words that two people compare: the same on both sides
// exactly when both hold each other's true keys. About 50 ms.
func SafetyWords(mine Public, theirs Contact) []string { panic("in flight") }
