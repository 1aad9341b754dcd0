package keyring

import (
	"encoding/json"
	"time"

	"cryptodesk/engine/identity"
)

// person is a contact in the file, as JSON behind contactTag.
type person struct {
	Name     string    `json:"name"`
	Key      string    `json:"key"`
	Classic  string    `json:"classic,omitempty"`
	Signing  []byte    `json:"signing,omitempty"`
	Verified bool      `json:"verified,omitempty"`
	Added    time.Time `json:"added"`
	Offered  *offer    `json:"offered,omitempty"`
}

// offer is what came under the contact's name and waits for a decision.
type offer struct {
	Key     string    `json:"key"`
	Classic string    `json:"classic,omitempty"`
	Signing []byte    `json:"signing,omitempty"`
	Since   time.Time `json:"since"`
}

func personOf(c identity.Contact) person {
	p := person{Name: c.Name, Key: c.Recipient.Text, Classic: c.Classic.Text, Signing: c.Signing, Verified: c.Verified, Added: c.Added}
	if o := c.Offered; o != nil {
		p.Offered = &offer{o.Recipient.Text, o.Classic.Text, o.Signing, o.Since}
	}
	return p
}

// contact reads a person; a line that is none stays a comment.
func (p *parser) contact(line []byte) bool {
	var in person
	if len(p.book.contacts) == maxContacts || json.Unmarshal(line, &in) != nil {
		return false
	}
	c, ok := in.contact()
	if ok {
		p.book.contacts = append(p.book.contacts, c)
	}
	return ok
}

// contact answers false when any part is not right: a contact whose offer
// cannot be read must not turn into one without an offer.
func (in person) contact() (c identity.Contact, ok bool) {
	c = identity.Contact{Verified: in.Verified, Added: in.Added.UTC()}
	var err error
	if c.Name, err = identity.CleanName(in.Name); err != nil {
		return c, false
	}
	if c.Recipient, c.Classic, c.Signing, ok = readKeys(in.Key, in.Classic, in.Signing); !ok || in.Offered == nil {
		return c, ok
	}
	o := &identity.Offer{Since: in.Offered.Since.UTC()}
	o.Recipient, o.Classic, o.Signing, ok = readKeys(in.Offered.Key, in.Offered.Classic, in.Offered.Signing)
	c.Offered = o
	return c, ok
}

// readKeys checks one set of public keys.
func readKeys(key, classic string, signing []byte) (main, second identity.Recipient, sign []byte, ok bool) {
	var err error
	if main, err = identity.ParseRecipient(key); err != nil {
		return main, second, nil, false
	}
	if classic != "" {
		if second, err = identity.ParseRecipient(classic); err != nil || second.PostQuantum() {
			return main, second, nil, false
		}
	}
	switch len(signing) {
	case 0:
		return main, second, nil, true
	case 32:
		return main, second, signing, true
	}
	return main, second, nil, false
}
