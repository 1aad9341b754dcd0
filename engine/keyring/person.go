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

// offer is a proposal that was read.
type offer struct {
	to   string
	keys identity.Offer
}

// readPerson reads a contact; a line that is none stays a comment. checked are
// public keys that need no second look.
func (c *comment) readPerson(checked map[string]identity.Recipient) {
	var in person
	if json.Unmarshal(c.line[len(contactTag):], &in) != nil {
		return
	}
	name, err := identity.CleanName(in.Name)
	if err != nil {
		return
	}
	c.person = identity.Contact{Name: name, Verified: in.Verified, Added: date(in.Added)}
	c.person.Recipient, c.person.Classic, c.person.Signing, c.understood = readKeys(checked, in.Key, in.Classic, in.Signing)
}

// readOffer reads an offer; a line that is none stays a comment.
func (c *comment) readOffer(checked map[string]identity.Recipient) {
	var in proposal
	if json.Unmarshal(c.line[len(offerTag):], &in) != nil || notAnID(in.To) {
		return
	}
	o := identity.Offer{Since: date(in.Since)}
	o.Recipient, o.Classic, o.Signing, c.understood = readKeys(checked, in.Key, in.Classic, in.Signing)
	c.offer = offer{in.To, o}
}

// date is t in UTC; the zero date if that cannot be written.
func date(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

func readKeys(checked map[string]identity.Recipient, key, classic string, signing []byte) (main, second identity.Recipient, verify []byte, ok bool) {
	parse := func(text string) (identity.Recipient, error) {
		if r, ok := checked[text]; ok {
			return r, nil
		}
		return identity.ParseRecipient(text)
	}
	main, err := parse(key)
	if err != nil {
		return main, second, nil, false
	}
	if classic != "" {
		if second, err = parse(classic); err != nil || second.PostQuantum() {
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
func (p *parser) placeOffers(b *book) {
	if len(p.offers) == 0 {
		return
	}
	at := make(map[string]int, len(b.contacts))
	for i, c := range b.contacts {
		at[c.ID()] = i
	}
	for _, o := range p.offers {
		if !o.understood {
			continue
		}
		i, found := at[o.offer.to]
		if o.understood = found && b.contacts[i].Offered == nil; o.understood {
			b.contacts[i].Offered = &o.offer.keys
			dropEmptyOffer(&b.contacts[i])
		}
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
