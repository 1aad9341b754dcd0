package identity

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"time"

	"cryptodesk/engine/fault"
)

const (
	cardTitle   = "# CryptoDesk contact card v1"
	cardFamily  = "# CryptoDesk contact card v"
	cardLabel   = "CryptoDesk v1: contact card\n" // before what is signed
	maxCard     = 16 << 10                        // bytes
	maxCardLine = 32
)

// MarshalCard is the contact card of k: a few lines of public text, signed by
// k, which `age -R` takes as a recipients file. Errors: BadIdentity (an SSH
// key, which has no signing key: its public key line is its card), Locked.
func MarshalCard(k *KeyPair) ([]byte, error) {
	p := k.Public()
	lines := []string{cardTitle, "# name: " + p.Name}
	if !p.Created.IsZero() {
		lines = append(lines, "# created: "+p.Created.Format(time.RFC3339))
	}
	if !p.Classic.IsZero() {
		lines = append(lines, "# classic: "+p.Classic.Text)
	}
	lines = append(lines, "# signing: "+encode64(p.Signing), p.Recipient.Text)
	text := strings.Join(lines, "\n") + "\n"
	signature, err := k.Sign([]byte(cardLabel + text))
	if err != nil {
		return nil, err
	}
	return []byte(text + "# signature: " + encode64(signature) + "\n"), nil
}

// IsCard says whether text looks like a contact card of any version.
func IsCard(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte(cardFamily))
}

// ParseCard reads a contact card and checks its signature. What mail programs
// do to line ends and blank lines does no harm. The contact's Added is now and
// it is not verified: a card signed by itself shows that it is whole, and who
// it is from only when the safety words agree. Errors: CardDamaged, CardForged
// (changed after it was signed), TooNew.
func ParseCard(b []byte) (Contact, error) {
	damaged := fault.New(fault.CardDamaged, "", nil)
	if len(b) > maxCard || !IsCard(b) {
		return Contact{}, damaged
	}
	lines, signature, ok := splitCard(string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	if !ok {
		return Contact{}, damaged
	}
	if lines[0] != cardTitle {
		return Contact{}, fault.New(fault.TooNew, "", nil)
	}
	c := Contact{Added: time.Now().UTC().Truncate(time.Second)}
	for _, line := range lines[1:] {
		if !c.readCardLine(line) {
			return Contact{}, damaged
		}
	}
	if c.Name == "" || c.Recipient.IsZero() || c.Signing == nil || c.Recipient.PostQuantum() != !c.Classic.IsZero() {
		return Contact{}, damaged
	}
	message := cardLabel + strings.Join(lines, "\n") + "\n"
	if !ed25519.Verify(c.Signing, []byte(message), signature) {
		return Contact{}, fault.New(fault.CardForged, c.Name, nil)
	}
	return c, nil
}

// splitCard gives the signed lines without what may change under way, and the
// signature, which is the last line.
func splitCard(text string) (lines []string, signature []byte, ok bool) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if len(lines) == maxCardLine || signature != nil {
			return nil, nil, false
		}
		if value, found := strings.CutPrefix(line, "# signature: "); found {
			signature = decode64(value, ed25519.SignatureSize)
			if signature == nil {
				return nil, nil, false
			}
			continue
		}
		lines = append(lines, line)
	}
	return lines, signature, len(lines) > 0 && signature != nil
}

// readCardLine refuses a field that is there twice. Comments it does not know
// are signed like the rest, and left to later versions.
func (c *Contact) readCardLine(line string) bool {
	if !strings.HasPrefix(line, "#") {
		r, err := ParseRecipient(line)
		if err != nil || !c.Recipient.IsZero() || (r.Kind != Hybrid && r.Kind != X25519) || r.Text != line {
			return false
		}
		c.Recipient = r
		return true
	}
	field, value, _ := strings.Cut(strings.TrimLeft(line, "# "), ": ")
	switch field {
	case "name":
		name, err := CleanName(value)
		if err != nil || name != value || c.Name != "" {
			return false
		}
		c.Name = name
	case "classic":
		r, err := ParseRecipient(value)
		if err != nil || r.Kind != X25519 || !c.Classic.IsZero() {
			return false
		}
		c.Classic = r
	case "signing":
		if c.Signing != nil {
			return false
		}
		c.Signing = decode64(value, ed25519.PublicKeySize)
		return c.Signing != nil
	}
	return true
}

func encode64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// decode64 is nil unless text stands for exactly n bytes, in one way only.
func decode64(text string, n int) []byte {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != n || strings.ContainsAny(text, "\r\n") {
		return nil
	}
	return b
}
