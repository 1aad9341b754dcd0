package identity

import (
	"crypto/ed25519"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Public is what may be known of a key pair: everything but the private key.
type Public struct {
	Name        string
	Kind        Kind
	ID          string    // names the key pair in the keyring: Recipient.ID(), or of a plugin's identity
	Plugin      string    // name of the plugin, "yubikey"; empty unless Kind is Plugin
	Recipient   Recipient // what files are encrypted to by default; zero for a plugin's key that only opens
	Classic     Recipient // the same person without post-quantum; zero unless Kind is Hybrid
	Signing     []byte    // Ed25519 public key, 32 bytes; nil for SSH keys
	Created     time.Time // UTC, whole seconds; zero if not known
	Fingerprint string    // Recipient.Fingerprint(); empty without a recipient
}

// KeyPair is a private key and what derives from it. Safe for concurrent use.
type KeyPair struct {
	mu     sync.Mutex
	public Public      // mu guards the name; the rest never changes
	key    *secret.Key // the root, the scalar, or the text of an OpenSSH key or a plugin's identity
}

// New makes a post-quantum key pair: 32 random bytes from which everything
// else derives. Errors: those of CleanName.
func New(name string) (*KeyPair, error) { return generate(Hybrid, name) }

// NewClassic makes an X25519 key pair, for people whose programs have no
// post-quantum keys. Errors: those of CleanName.
func NewClassic(name string) (*KeyPair, error) { return generate(X25519, name) }

func generate(kind Kind, name string) (*KeyPair, error) {
	name, err := CleanName(name)
	if err != nil {
		return nil, err
	}
	root := secret.New(keySize)
	secret.Random(root.Bytes())
	return newKeyPair(kind, root, Meta{Name: name, Created: time.Now()})
}

// newKeyPair takes root over.
func newKeyPair(kind Kind, root *secret.Buffer, meta Meta) (*KeyPair, error) {
	defer root.Destroy()
	public := Public{Name: meta.Name, Kind: kind, Created: meta.Created.UTC().Truncate(time.Second)}
	var err error
	secret.Do(func() {
		if kind == Plugin {
			err = public.derivePlugin(root.Bytes(), meta.Recipient)
		} else {
			err = public.derive(root.Bytes())
		}
	})
	if err != nil {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	return &KeyPair{public: public, key: secret.Seal(root)}, nil
}

// derive fills in what follows from the private key. Runs inside secret.Do.
func (p *Public) derive(root []byte) error {
	var err error
	switch p.Kind {
	case Hybrid:
		var classic [keySize]byte
		derive(classic[:], root, classicLabel)
		p.Classic, err = x25519Recipient(classic[:])
		secret.Wipe(classic[:])
		if err == nil {
			p.Recipient, err = hybridRecipient(root)
		}
	case X25519:
		p.Recipient, err = x25519Recipient(root)
	default:
		p.Recipient, err = sshRecipient(root)
	}
	if err != nil {
		return err
	}
	if p.Kind == Hybrid || p.Kind == X25519 {
		signer(root, func(key ed25519.PrivateKey) {
			p.Signing = slices.Clone(key[ed25519.SeedSize:])
		})
	}
	p.ID, p.Fingerprint = p.Recipient.ID(), p.Recipient.Fingerprint()
	return nil
}

// Public is a copy of what may be known.
func (k *KeyPair) Public() Public {
	k.mu.Lock()
	defer k.mu.Unlock()
	public := k.public
	public.Signing = slices.Clone(public.Signing)
	return public
}

// Rename changes what the key pair is called. Errors: those of CleanName.
func (k *KeyPair) Rename(name string) error {
	name, err := CleanName(name)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public.Name = name
	return nil
}

// Sign signs message with the derived Ed25519 key. Callers begin message with
// a label of their own, so that what is signed for one purpose is worth
// nothing for another. Errors: BadIdentity (SSH keys), Locked (destroyed).
func (k *KeyPair) Sign(message []byte) ([]byte, error) {
	if k.public.Signing == nil {
		return nil, fault.New(fault.BadIdentity, k.Public().Name, nil)
	}
	var signature []byte
	err := k.key.Open(func(root []byte) error {
		signer(root, func(key ed25519.PrivateKey) { signature = sign(key, message) })
		return nil
	})
	return signature, err
}

// Destroy wipes the private key; nil-safe, idempotent.
func (k *KeyPair) Destroy() {
	if k != nil {
		k.key.Destroy()
	}
}
