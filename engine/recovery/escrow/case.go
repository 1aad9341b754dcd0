package escrow

import (
	"context"
	"slices"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

const (
	// Tries is how many wrong codes a request survives.
	Tries = 3

	maxRaw = 17 << 20 // bytes of a deposit or release as it is on disk
)

// Case is a deposit and a request, laid before the depositary. It holds no
// secret: the deposit in it is as encrypted as it was on disk.
type Case struct {
	Form
	Request Request
	Known   identity.Contact // the depositor among the depositary's contacts, by their old key; zero if not there
	Asker   identity.Contact // the contact who has the new key already; zero if nobody does
	Left    int              // how many wrong codes the request still survives

	raw  []byte
	code []string
}

// SameName says whether the one who asks goes by the depositor's name.
func (c *Case) SameName() bool { return identity.SameName(c.Depositor.Name, c.Request.Who.Name) }

// ReadCase reads the deposit and the request at these paths. What is in the
// deposit is opened with keys, looked at, and wiped. Errors: DepositDamaged,
// DepositForged, NoKey and those of opening; those of ParseRequest;
// RequestStale, RequestFuture, RequestUsed, CodeSpent; the subject is the path
// of the file at fault.
func ReadCase(ctx context.Context, keys *identity.Opened, ring *keyring.Keyring, depositPath, requestPath string, now time.Time) (*Case, error) {
	c := &Case{}
	if err := c.readRequest(ring, requestPath, now); err != nil {
		return nil, about(requestPath, err)
	}
	if err := c.readDeposit(ctx, keys, depositPath); err != nil {
		return nil, about(depositPath, err)
	}
	for _, known := range ring.Contacts() {
		if known.Recipient == c.Depositor.Recipient {
			c.Known = known
		}
		if known.Recipient == c.Request.Who.Recipient {
			c.Asker = known
		}
	}
	return c, nil
}

func (c *Case) readRequest(ring *keyring.Keyring, path string, now time.Time) error {
	text, err := readFile(path, maxRequest)
	if err != nil {
		if fault.Of(err) == fault.TooLarge {
			err = fault.New(fault.RequestDamaged, path, err)
		}
		return err
	}
	if c.Request, err = ParseRequest(text); err != nil {
		return err
	}
	c.Left, err = c.open(read(ring.Records(keyring.ReleaseTag)), now)
	return err
}

func (c *Case) readDeposit(ctx context.Context, keys *identity.Opened, path string) error {
	var err error
	if c.raw, err = readFile(path, maxRaw); err != nil {
		return err
	}
	defer secret.Settle()
	plain, err := agefile.OpenBytes(ctx, c.raw, keys.Identities(), maxText)
	if err != nil {
		return err
	}
	defer plain.Destroy()
	c.Form, _, err = open(plain, 0)
	return err
}

// about says which file is at fault.
func about(path string, err error) error { return fault.New(fault.Of(err), path, err) }

// open says how many wrong codes the request survives, and whether it may be
// released at all.
func (c *Case) open(entries []Entry, now time.Time) (left int, err error) {
	r := c.Request
	if _, done := find(entries, Released, r.ID); done {
		return 0, fault.New(fault.RequestUsed, r.Who.Name, nil)
	}
	wrong, _ := find(entries, Refused, r.ID)
	if left = Tries - wrong.Wrong; left <= 0 {
		return 0, fault.New(fault.CodeSpent, r.Who.Name, nil)
	}
	return left, r.timely(now)
}

// judge compares the code that was heard with the request's, and counts a wrong
// one in the log, so that neither a restart nor a second window gives more
// tries. Errors: BadCode (not counted), WrongCode, CodeSpent, RequestStale,
// RequestFuture, RequestUsed, and those of writing.
func (c *Case) judge(ring *keyring.Keyring, typed string, now time.Time) error {
	heard, err := ParseCode(typed)
	if err != nil {
		return err
	}
	if c.Left, err = c.open(read(ring.Records(keyring.ReleaseTag)), now); err != nil {
		return err
	}
	if c.code == nil {
		c.code = c.Request.Code()
	}
	if slices.Equal(heard, c.code) {
		return nil
	}
	n := &note{ring: ring, what: c.entry(Refused, now)}
	n.check = func(entries []Entry) error {
		before, _ := find(entries, Refused, c.Request.ID)
		n.what.Wrong = before.Wrong + 1
		_, err := c.open(entries, now)
		return err
	}
	if err := n.write(); err != nil {
		return err
	}
	c.Left = Tries - n.what.Wrong
	if c.Left <= 0 {
		return fault.New(fault.CodeSpent, c.Request.Who.Name, nil)
	}
	return fault.New(fault.WrongCode, c.Request.Who.Name, nil)
}

func (c *Case) entry(kind Kind, now time.Time) Entry {
	return Entry{
		Kind: kind, Request: c.Request.ID, Name: c.Depositor.Name, At: now, Asked: c.Request.Date, Deposited: c.Date,
		Old: c.Depositor.Recipient.Fingerprint(), New: c.Request.Who.Recipient.Fingerprint(),
	}
}
