package keyring

import (
	"encoding/json"
	"slices"
	"time"

	"cryptodesk/engine/identity"
)

const (
	contactTag = "# contact: "
	offerTag   = "# offer: "
)

// person is a contact in the file, as JSON behind contactTag.
type person struct {
	Name     string    `json:"name"`
	Key      string    `json:"key"`
	Classic  string    `json:"classic,omitempty"`
	Signing  []byte    `json:"signing,omitempty"`
	Verified bool      `json:"verified,omitempty"`
	Added    time.Time `json:"added"`
}

// proposal is an offer in the file, as JSON behind offerTag. It has a line of
// its own, not a field of the contact's: a program that knows no offers keeps
// lines that it does not know, but not fields, and a contact whose key is in
// doubt must not become one in good standing on the way through it.
type proposal struct {
	To      string    `json:"to"` // ID of the contact
	Key     string    `json:"key"`
	Classic string    `json:"classic,omitempty"`
	Signing []byte    `json:"signing,omitempty"`
	Since   time.Time `json:"since"`
}

// offer is a proposal that was read and belongs to nobody yet.
type offer struct {
	line []byte // as in the file
	to   string
	keys identity.Offer
}

// contact reads a person; a line that is none stays a comment.
func (p *parser) contact(line []byte) bool {
	var in person
	if len(p.book.contacts) == maxContacts || json.Unmarshal(line, &in) != nil {
		return false
	}
	name, err := identity.CleanName(in.Name)
	if err != nil {
		return false
	}
	c := identity.Contact{Name: name, Verified: in.Verified, Added: in.Added.UTC()}
	var ok bool
	if c.Recipient, c.Classic, c.Signing, ok = readKeys(in.Key, in.Classic, in.Signing); ok {
		p.book.contacts = append(p.book.contacts, c)
	}
	return ok
}

// offer reads an offer; a line that is none stays a comment.
func (p *parser) offer(line []byte) bool {
	var in proposal
	if len(p.offers) == maxContacts || json.Unmarshal(line[len(offerTag):], &in) != nil || notAnID(in.To) {
		return false
	}
	o := offer{line: line, to: in.To}
	o.keys.Since = in.Since.UTC()
	var ok bool
	if o.keys.Recipient, o.keys.Classic, o.keys.Signing, ok = readKeys(in.Key, in.Classic, in.Signing); ok {
		p.offers = append(p.offers, o)
	}
	return ok
}

func readKeys(key, classic string, signing []byte) (main, second identity.Recipient, verify []byte, ok bool) {
	main, err := identity.ParseRecipient(key)
	if err != nil {
		return main, second, nil, false
	}
	if classic != "" {
		if second, err = identity.ParseRecipient(classic); err != nil || second.PostQuantum() {
			return main, second, nil, false
		}
	}
	if len(signing) == 0 {
		return main, second, nil, true
	}
	return main, second, signing, len(signing) == 32
}

// placeOffers gives offers to their contacts. One for nobody stays a comment: a
// later version's contact may be meant. One for the keys that are there already
// is no offer.
func (p *parser) placeOffers() {
	if len(p.offers) == 0 {
		return
	}
	at := make(map[string]int, len(p.book.contacts))
	for i, c := range p.book.contacts {
		at[c.ID()] = i
	}
	for _, o := range p.offers {
		i, found := at[o.to]
		if !found || p.book.contacts[i].Offered != nil {
			p.stray = append(p.stray, o.line)
			continue
		}
		c := &p.book.contacts[i]
		c.Offered = &o.keys
		dropEmptyOffer(c)
	}
}

// dropEmptyOffer forgets an offer of the keys that c has.
func dropEmptyOffer(c *identity.Contact) {
	if c.Offered != nil && sameKeys(*c, c.Accept()) {
		c.Offered = nil
	}
}

func sameKeys(a, b identity.Contact) bool {
	return a.Recipient == b.Recipient && a.Classic == b.Classic && slices.Equal(a.Signing, b.Signing)
}

func (p *parts) contact(c identity.Contact) error {
	if err := p.json(contactTag, person{c.Name, c.Recipient.Text, c.Classic.Text, c.Signing, c.Verified, c.Added}); err != nil {
		return err
	}
	if o := c.Offered; o != nil {
		return p.json(offerTag, proposal{c.ID(), o.Recipient.Text, o.Classic.Text, o.Signing, o.Since})
	}
	return nil
}
