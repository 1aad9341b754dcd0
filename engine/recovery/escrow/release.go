package escrow

import (
	"context"
	"strings"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

const (
	releaseFamily = "# CryptoDesk release v"
	releaseTitle  = releaseFamily + "1"
)

// Release encrypts the deposit of c again, for the key that asks, to path,
// which must be free, if typed is the code of the request. by is what the
// depositary is called. It answers the four words that are to be read to the
// person, who cannot take the release in without them. Errors: those of a wrong
// code (see ReadCase; BadCode, WrongCode, CodeSpent), NoKey, Locked, Cancelled,
// and those of writing; then nothing was written.
func Release(ctx context.Context, store *safefile.Store, keys *identity.Opened, ring *keyring.Keyring, c *Case, typed, by, path string, now time.Time) (answer []string, err error) {
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return nil, err
	}
	if err := c.judge(ring, typed, now); err != nil {
		return nil, err
	}
	raw, err := c.seal(ctx, keys, by, now)
	if err != nil {
		return nil, err
	}
	answer = spoken(answerLabel, raw)
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, path, err)
	}
	n := &note{ring: ring, what: c.entry(Released, now)}
	n.what.Words = answer
	// Asked again of what is on disk: another window may have been faster.
	n.check = func(entries []Entry) error {
		_, err := c.open(entries, now)
		return err
	}
	return answer, publish(store, path, raw, 0o600, n)
}

// seal is the whole release file.
func (c *Case) seal(ctx context.Context, keys *identity.Opened, by string, now time.Time) ([]byte, error) {
	to, err := c.Request.Who.Recipient.Age(nil)
	if err != nil {
		return nil, err
	}
	defer secret.Settle()
	deposit, err := agefile.OpenBytes(ctx, c.raw, keys.Identities(), maxText)
	if err != nil {
		return nil, err
	}
	defer deposit.Destroy()
	plain, err := join(marshalTop(c.Request.ID, by, now), deposit)
	if err != nil {
		return nil, err
	}
	defer plain.Destroy()
	return agefile.SealBytes(plain, to)
}

func marshalTop(request, by string, now time.Time) []byte {
	return []byte(strings.Join([]string{releaseTitle, depositHint, "# request: " + request,
		"# released: " + now.UTC().Format(time.RFC3339), "# released by: " + by}, "\n") + "\n\n")
}

// top is what a release says before the deposit in it.
type top struct {
	request string // ID
	date    time.Time
	by      string
}

func parseTop(lines []string) (t top, err error) {
	damaged := fault.New(fault.ReleaseDamaged, "", nil)
	switch {
	case len(lines) == 0 || !strings.HasPrefix(lines[0], releaseFamily):
		return t, damaged
	case lines[0] != releaseTitle:
		return t, fault.New(fault.TooNew, "", nil)
	}
	for _, line := range lines[1:] {
		field, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		ok := true
		switch field {
		case "request":
			t.request, ok = value, t.request == ""
		case "released":
			ok = t.date.IsZero() && readDate(&t.date, value)
		case "released by":
			t.by, ok = value, t.by == ""
		}
		if !ok {
			return t, damaged
		}
	}
	if t.request == "" || t.date.IsZero() || !isName(t.by) {
		return t, damaged
	}
	return t, nil
}
