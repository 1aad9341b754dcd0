package identity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unsafe"

	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Age plugins, https://c2sp.org/age-plugin: programs called age-plugin-NAME
// that age's client (filippo.io/age/plugin) finds in the folders of PATH, as
// the stock age program does, and nowhere else; a relative folder in PATH is
// passed over. Whoever can write to those folders decides what the plugin is.

// pluginPrefix begins the identities of plugins, AGE-PLUGIN-NAME-1...
const pluginPrefix = "AGE-PLUGIN-"

// maxPlugin bounds one plugin identity in text form, in bytes: a TPM's is 400,
// a FIDO2 one 600.
const maxPlugin = 16 << 10

// maxPluginName bounds a plugin's name, in characters; age knows no bound, and
// a name is shown to people.
const maxPluginName = 64

var errLongName = errors.New("plugin name too long")

// pluginLabel is hashed before a plugin's identity to name the key pair.
const pluginLabel = "CryptoDesk v1: plugin identity\n"

// Plugin is the name of the plugin that works for r, "yubikey" for
// age1yubikey1...; empty unless r is of that kind.
func (r Recipient) Plugin() string {
	if r.Kind != Plugin {
		return ""
	}
	name := strings.TrimPrefix(r.Text, "age1")
	return name[:strings.LastIndexByte(name, '1')]
}

// isPlugin recognises age1name1..., the recipients of age plugins. The data
// part of Bech32 has no "1", so a second one ends a plugin's name.
func isPlugin(s string) bool {
	rest, ok := strings.CutPrefix(s, "age1")
	return ok && strings.Contains(rest, "1")
}

// isPluginIdentity recognises AGE-PLUGIN-NAME-1...
func isPluginIdentity(text []byte) bool { return bytes.HasPrefix(text, []byte(pluginPrefix)) }

// readPlugin reads a plugin's identity, whose text is the private key. text is
// guarded and stays the caller's.
func readPlugin(text []byte, meta Meta) (*KeyPair, error) {
	if len(text) > maxPlugin {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	copied := secret.New(len(text))
	copy(copied.Bytes(), text)
	return newKeyPair(Plugin, copied, meta)
}

// derivePlugin fills in what is known of a plugin's key pair: its name, an ID
// by the identity itself, and the recipient that the comment before it said.
func (p *Public) derivePlugin(text []byte, said Recipient) error {
	name, _, err := plugin.ParseIdentity(borrow(text))
	if err != nil {
		return err
	}
	if len(name) > maxPluginName {
		return errLongName
	}
	p.Plugin = strings.Clone(name)
	h := sha256.New()
	h.Write([]byte(pluginLabel))
	h.Write(text)
	p.ID = hex.EncodeToString(h.Sum(nil)[:8])
	if p.vouches(said) {
		p.Recipient, p.Fingerprint = said, said.Fingerprint()
	}
	return nil
}

// marshalPlugin is a plugin's identity with its comments.
func marshalPlugin(p Public, text []byte) *secret.Buffer {
	head := p.Comments()
	out := secret.New(len(head) + len(text) + 1)
	copy(out.Bytes(), head)
	copy(out.Bytes()[len(head):], text)
	out.Bytes()[out.Len()-1] = '\n'
	return out
}

// vouches says whether a comment's recipient may belong to the plugin's
// identity behind it: the plugin's own, a tagged one, or a native age1, which
// age-plugin-fido2-hmac has. Nobody can check that it does without the device;
// the identity and its comment come from the same hand.
func (p *Public) vouches(r Recipient) bool {
	switch r.Kind {
	case Plugin:
		return r.Plugin() == p.Plugin
	case Tag, TagPQ, X25519:
		return true
	}
	return false
}

// readRecipient takes the recipient in the comment before a plugin's identity,
// as plugins write it: age-plugin-yubikey "#    Recipient: age1yubikey1...",
// -tpm "# Recipient: age1tpm1...", -se and -fido2-hmac "# public key: age1...",
// age-keygen's word and ours.
func (m *Meta) readRecipient(field string, value []byte) bool {
	switch strings.ToLower(field) {
	case "recipient", "public key":
	default:
		return false
	}
	r, err := ParseRecipient(string(value))
	if err == nil {
		m.Recipient = r
	}
	return err == nil
}

// borrow is b as a string without a copy. b must not change, nor its memory be
// given back, while the string is in use.
func borrow(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Under is all with its plugins bound to ctx: they stop when it ends. It takes
// and answers age's recipients or identities; those that are no plugins are
// the same objects, and without any plugin it is the same slice.
func Under[T any](ctx context.Context, all []T) []T {
	var bound []T
	for i, x := range all {
		p, ok := any(x).(interface{ under(context.Context) any })
		if !ok {
			continue
		}
		if bound == nil {
			bound = append(bound, all...)
		}
		bound[i] = p.under(ctx).(T)
	}
	if bound == nil {
		return all
	}
	return bound
}
