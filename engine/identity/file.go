package identity

import (
	"bytes"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	maxFile = 16 << 20 // bytes of an identity file, as in age
	maxSSH  = 16 << 10 // bytes of an OpenSSH private key, as in age
	maxKeys = 10_000
)

// Meta is what the comment lines before a key say about it.
type Meta struct {
	Name      string
	Created   time.Time
	Recipient Recipient // of a plugin's identity, which does not show it
}

// Read takes in one comment line ("# name: ..."), and says whether it was one
// that belongs to a key: MarshalIdentity writes those anew.
func (m *Meta) Read(line []byte) bool {
	field, value, ok := bytes.Cut(bytes.TrimLeft(line, "# \t"), []byte(":"))
	value = bytes.TrimSpace(value)
	if ok && m.readRecipient(string(field), value) {
		return true
	}
	if !ok || len(value) > 4*maxName {
		return false
	}
	switch string(field) {
	case "name":
		// A name that is not acceptable is only a name: the key still loads.
		m.Name, _ = CleanName(string(value))
	case "created":
		m.Created, _ = time.Parse(time.RFC3339, string(value))
		if m.Created = m.Created.UTC(); m.Created.Year() < 0 || m.Created.Year() > 9999 {
			m.Created = time.Time{} // it could not be written again
		}
	default:
		return false
	}
	return true
}

// IsPublicKeyComment recognises the lines that repeat a key's public half.
func IsPublicKeyComment(line []byte) bool {
	line = bytes.TrimLeft(line, "# \t")
	return bytes.HasPrefix(line, []byte("public key: ")) || bytes.HasPrefix(line, []byte("classic public key: "))
}

// ParseIdentityFile is ImportKeys where nobody can be asked: NeedPassphrase for
// a protected key, and for an age file, which the caller opens first.
func ParseIdentityFile(b *secret.Buffer) ([]*KeyPair, error) {
	if b.Len() <= maxFile && Recognise(b.Bytes()) == AgeEncrypted {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	return ImportKeys(b, nil)
}

// ReadKey reads one private key: an AGE-SECRET-KEY line or the text of an
// unencrypted OpenSSH key. text is guarded and stays the caller's. It is
// called inside secret.Do. Errors: BadIdentity, and NeedPassphrase for an
// encrypted OpenSSH key.
func ReadKey(text []byte, meta Meta) (*KeyPair, error) {
	switch {
	case bytes.HasPrefix(text, []byte(hybridPrefix)):
		return readBech32(Hybrid, hybridPrefix, text, meta)
	case bytes.HasPrefix(text, []byte(x25519Prefix)):
		return readBech32(X25519, x25519Prefix, text, meta)
	case isPluginIdentity(text):
		return readPlugin(text, meta)
	case bytes.HasPrefix(text, []byte("-----BEGIN ")) && len(text) <= maxSSH:
		return readSSH(text, meta)
	}
	return nil, fault.New(fault.BadIdentity, "", nil)
}

func readBech32(kind Kind, prefix string, text []byte, meta Meta) (*KeyPair, error) {
	root := secret.New(keySize)
	if !decodeKey(root.Bytes(), prefix, text) {
		root.Destroy()
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	return newKeyPair(kind, root, meta)
}

func readSSH(text []byte, meta Meta) (*KeyPair, error) {
	public, err := sshRecipient(text)
	if err != nil {
		return nil, sshFault(err)
	}
	copied := secret.New(len(text))
	copy(copied.Bytes(), text)
	return newKeyPair(public.Kind, copied, meta)
}

// MarshalIdentity is the key pair as an age identity file in guarded memory,
// which the caller destroys. A hybrid key is followed by its classic one, so
// that the stock age program opens files to either; an SSH key is its OpenSSH
// text, and a plugin's identity the line that the plugin wrote. Errors: Locked
// (destroyed).
func (k *KeyPair) MarshalIdentity() (*secret.Buffer, error) {
	public := k.Public()
	if size := public.NativeSize(); size > 0 {
		out := secret.New(size)
		if _, err := k.AppendNative(out.Bytes()[:0], public); err != nil {
			out.Destroy()
			return nil, err
		}
		return out, nil
	}
	var out *secret.Buffer
	err := k.key.Open(func(root []byte) error {
		if public.Kind == Plugin {
			out = marshalPlugin(public, root)
			return nil
		}
		out = secret.New(len(root))
		copy(out.Bytes(), root)
		return nil
	})
	return out, err
}

// Comments are the lines that stand before the key in an identity file, like
// those of age-keygen.
func (p Public) Comments() string {
	text := ""
	if p.Name != "" {
		text += "# name: " + p.Name + "\n"
	}
	if !p.Created.IsZero() {
		text += "# created: " + p.Created.Format(time.RFC3339) + "\n"
	}
	if p.Recipient.IsZero() {
		return text
	}
	return text + "# public key: " + p.Recipient.Text + "\n"
}

// Distinct parts key pairs from those that are there already: doubles, and
// classic ones that derive from a hybrid one. The dropped ones are the
// caller's to destroy, but may be the same object as one that is kept.
func Distinct(keys []*KeyPair) (kept, dropped []*KeyPair) {
	seen := make(map[string]bool)
	for _, k := range keys {
		if k.public.Kind == Hybrid {
			seen[k.public.Classic.Text] = true
		}
	}
	for _, k := range keys {
		one := k.public.Recipient.Text
		if k.public.Kind == Plugin {
			one = k.public.ID // several may open for one recipient, or have none
		}
		if seen[one] {
			dropped = append(dropped, k)
			continue
		}
		seen[one] = true
		kept = append(kept, k)
	}
	return kept, dropped
}

func destroyAll(keys []*KeyPair) {
	for _, k := range keys {
		k.Destroy()
	}
}
