package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/tag"
	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
)

// maxRecipient bounds one public key in text form, in bytes: the line length
// that the stock age program accepts in a recipients file.
const maxRecipient = 8 << 10

// Recipient is a public key that files can be encrypted to, in the text form
// that `age -r` takes (an SSH key without its comment). The zero value is nobody.
type Recipient struct {
	Kind Kind
	Text string
}

// IsZero says whether r is nobody.
func (r Recipient) IsZero() bool { return r == Recipient{} }

// PostQuantum says whether r is safe from a future quantum computer.
func (r Recipient) PostQuantum() bool { return r.Kind.PostQuantum() }

// ID is 16 hex digits that name r among the keys of one keyring. It is short:
// people compare Fingerprint or SafetyWords, never this.
func (r Recipient) ID() string {
	sum := sha256.Sum256([]byte(r.Text))
	return hex.EncodeToString(sum[:8])
}

// ParseRecipient reads one public key: age1pq1, age1, age1tag1, age1tagpq1,
// ssh-ed25519, ssh-rsa, or age1NAME1 of an age plugin, which need not be
// installed. Anything else is fault.BadRecipient, whose subject is
// never the text itself: it could be a private key pasted by mistake.
func ParseRecipient(s string) (Recipient, error) {
	if text := strings.TrimSpace(s); isHybrid(text) {
		return Recipient{Hybrid, text}, nil
	}
	r, _, err := parse(s, nil)
	return r, err
}

// Age is r in the form that age encrypts to; fault.BadRecipient if r was not
// made by ParseRecipient. who answers what a plugin asks and may be nil; the
// other kinds ask nothing. See Under for ending a plugin.
func (r Recipient) Age(who Prompter) (age.Recipient, error) {
	_, to, err := parse(r.Text, who)
	return to, err
}

func parse(s string, who Prompter) (Recipient, age.Recipient, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxRecipient {
		return Recipient{}, nil, fault.New(fault.BadRecipient, "", nil)
	}
	var r Recipient
	var to age.Recipient
	var err error
	switch {
	case strings.HasPrefix(s, "age1pq1"):
		r = Recipient{Hybrid, s}
		to, err = age.ParseHybridRecipient(s)
	case strings.HasPrefix(s, "age1tag1"):
		r = Recipient{Tag, s}
		to, err = tag.ParseRecipient(s)
	case strings.HasPrefix(s, "age1tagpq1"):
		r = Recipient{TagPQ, s}
		to, err = tag.ParseRecipient(s)
	case strings.HasPrefix(s, "ssh-"):
		return parseSSH(s)
	case isPlugin(s):
		r = Recipient{Plugin, s}
		to, err = newPluginRecipient(s, who)
	case strings.HasPrefix(s, "age1"):
		r = Recipient{X25519, s}
		to, err = parseX25519(s)
	default:
		return Recipient{}, nil, fault.New(fault.BadRecipient, "", nil)
	}
	if err != nil {
		// The cause would quote the text.
		return Recipient{}, nil, fault.New(fault.BadRecipient, "", nil)
	}
	return r, to, nil
}

func parseSSH(s string) (Recipient, age.Recipient, error) {
	refused := fault.New(fault.BadRecipient, "", nil)
	if strings.ContainsAny(s, "\r\n") {
		return Recipient{}, nil, refused
	}
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s))
	if err != nil {
		return Recipient{}, nil, refused
	}
	to, err := agessh.ParseRecipient(s)
	if err != nil {
		return Recipient{}, nil, refused
	}
	kind := SSHEd25519
	if pub.Type() == ssh.KeyAlgoRSA {
		kind = SSHRSA
	}
	return Recipient{kind, sshText(pub)}, to, nil
}

// sshText is a public key in authorized_keys form without a comment.
func sshText(pub ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub)))
}
