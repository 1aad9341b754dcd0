package identity

import (
	"bytes"
	"time"

	"cryptodesk/engine/fault"
)

// ParseContact reads what somebody gave to be written to: a contact card, or
// their public key on a line of its own (with a second, classic line if they
// have one). name, when not empty, is what they will be called. Errors:
// NameMissing, BadName, BadRecipient, NoRecipients, and those of ParseCard.
func ParseContact(name string, text []byte) (Contact, error) {
	var c Contact
	var err error
	if IsCard(text) {
		if c, err = ParseCard(text); err != nil {
			return Contact{}, err
		}
	} else if c, err = contactOf(text); err != nil {
		return Contact{}, err
	}
	if name != "" || c.Name == "" {
		if c.Name, err = CleanName(name); err != nil {
			return Contact{}, err
		}
	}
	return c, nil
}

// contactOf makes a nameless contact of one public key, or of a post-quantum
// and a classic one.
func contactOf(text []byte) (Contact, error) {
	if len(text) > maxCard {
		return Contact{}, fault.New(fault.TooLarge, "", nil)
	}
	keys, err := ParseRecipients(bytes.NewReader(text))
	if err != nil {
		return Contact{}, err
	}
	c := Contact{Recipient: keys[0], Added: time.Now().UTC().Truncate(time.Second)}
	if len(keys) == 1 {
		return c, nil
	}
	if len(keys) > 2 || keys[0].PostQuantum() == keys[1].PostQuantum() {
		return Contact{}, fault.New(fault.TooMany, "", nil)
	}
	c.Classic = keys[1]
	if keys[1].PostQuantum() {
		c.Recipient, c.Classic = keys[1], keys[0]
	}
	return c, nil
}
