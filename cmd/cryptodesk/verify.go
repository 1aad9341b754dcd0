package main

import (
	"fmt"
	"slices"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
)

// comparison is what two people compare, as --json prints it.
type comparison struct {
	Name        string   `json:"name"`
	Mine        string   `json:"mine"`
	Words       []string `json:"words,omitempty"`
	Fingerprint string   `json:"fingerprint"`
	Agrees      *bool    `json:"agrees,omitempty"` // with --words
	Verified    bool     `json:"verified"`
}

// verify shows what to compare. The contact counts as verified only when
// somebody says that it is the same on the other side, or gives what it is
// there.
func (f *contactsFlags) verify(c *call, eng *engine.Engine, who identity.Contact) error {
	if who.Changed() {
		return fault.New(fault.ContactChanged, who.Name, nil)
	}
	mine, err := eng.Key(f.mine)
	if err != nil {
		return err
	}
	words, err := eng.SafetyWords(mine.ID, who.ID())
	if err != nil {
		return err
	}
	seen := comparison{who.Name, mine.Name, words, who.Recipient.Fingerprint(), nil, who.Verified}
	if f.words != "" {
		return f.verifyGiven(c, eng, who, seen)
	}
	if c.json {
		c.emit(seen)
		return nil
	}
	c.printComparison(seen)
	yes, asked, err := c.yes(c.ctx, text.T("cli.contacts.same"))
	switch {
	case err != nil:
		return err
	case !asked:
		fmt.Fprintln(c.err, text.T("cli.contacts.how"))
		return nil
	case !yes:
		// They differ, or nobody knows: either way it is not to be trusted.
		if err := eng.VerifyContact(c.ctx, who.ID(), false); err != nil {
			return err
		}
		fmt.Fprintln(c.err, text.T("cli.contacts.not_same", "name", who.Name))
		return reported{fault.New(fault.Cancelled, who.Name, nil)}
	}
	if err := eng.VerifyContact(c.ctx, who.ID(), true); err != nil {
		return err
	}
	return c.showContact(eng, who.ID())
}

func (c *call) printComparison(seen comparison) {
	fmt.Fprintln(c.out, text.T("cli.contacts.compare", "name", seen.Name, "mine", seen.Mine))
	for row := range slices.Chunk(seen.Words, 4) {
		fmt.Fprintln(c.out, "  "+strings.Join(row, " "))
	}
	fmt.Fprintln(c.out, "  "+seen.Fingerprint)
}

// verifyGiven compares with what the other side said: the words, or the
// fingerprint where there are none.
func (f *contactsFlags) verifyGiven(c *call, eng *engine.Engine, who identity.Contact, seen comparison) error {
	given := strings.Fields(strings.ToLower(strings.ReplaceAll(f.words, ",", " ")))
	agrees := len(seen.Words) > 0 && slices.Equal(given, seen.Words) ||
		strings.Join(strings.Fields(f.words), "") == strings.Join(strings.Fields(seen.Fingerprint), "")
	if err := eng.VerifyContact(c.ctx, who.ID(), agrees); err != nil {
		return err
	}
	seen.Agrees, seen.Verified = &agrees, agrees
	switch {
	case c.json:
		c.emit(seen)
	case agrees:
		return c.showContact(eng, who.ID())
	default:
		c.printComparison(seen)
		fmt.Fprintln(c.err, text.T("cli.contacts.not_same", "name", who.Name))
	}
	if !agrees {
		return reported{fault.New(fault.BadRecipient, who.Name, nil)}
	}
	return nil
}

// accept takes the key that came under a contact's name for theirs, after
// showing both.
func (f *contactsFlags) accept(c *call, eng *engine.Engine, who identity.Contact) error {
	if !who.Changed() {
		return fault.New(fault.Usage, text.T("cli.contacts.unchanged", "name", who.Name), nil)
	}
	after := who.Accept()
	if !c.json && !c.quiet {
		fmt.Fprintln(c.err, text.T("cli.contacts.accepting", "name", who.Name))
		fmt.Fprintf(c.err, "  - %s\n  + %s\n", who.Recipient.Fingerprint(), after.Recipient.Fingerprint())
	}
	if !f.yes {
		yes, asked, err := c.yes(c.ctx, text.T("cli.contacts.accept"))
		switch {
		case err != nil:
			return err
		case !asked:
			return fault.New(fault.Usage, text.T("cli.contacts.accept_yes"), nil)
		case !yes:
			return fault.New(fault.Cancelled, who.Name, nil)
		}
	}
	if err := eng.AcceptChange(c.ctx, who.ID()); err != nil {
		return err
	}
	return c.showContact(eng, after.ID())
}

// refuseKey keeps the key that a contact had.
func (c *call) refuseKey(eng *engine.Engine, who identity.Contact) error {
	if !who.Changed() {
		return fault.New(fault.Usage, text.T("cli.contacts.unchanged", "name", who.Name), nil)
	}
	if err := eng.RefuseChange(c.ctx, who.ID()); err != nil {
		return err
	}
	return c.showContact(eng, who.ID())
}
