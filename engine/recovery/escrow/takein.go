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

// Patience is how long after its request a release may be taken in.
const Patience = 30 * 24 * time.Hour

// Return is what a depositary released for a request of one's own, ready to be
// taken in. Its holder closes it.
type Return struct {
	Form
	By       string    // what the depositary calls themselves
	Released time.Time // UTC, whole seconds

	asked Entry
	plain *secret.Buffer
	at    int
}

// AskWords answers the four words that the depositary reads out; by is what the
// depositary is called, and again says that those before were wrong. It answers
// an error (fault.Cancelled) to give up. The caller destroys the buffer.
type AskWords func(by string, again bool) (*secret.Buffer, error)

// Content is the keyring that was deposited; the caller destroys it. Errors:
// those of keyring.Parse.
func (r *Return) Content() (*keyring.Content, error) {
	text := from(r.plain, r.at)
	defer text.Destroy()
	return keyring.Parse(text)
}

// Text is the keyring that was deposited, as its plaintext: guarded bytes, good
// until Close.
func (r *Return) Text() []byte { return r.plain.Bytes()[r.at:] }

// Close wipes it; nil-safe, idempotent.
func (r *Return) Close() {
	if r != nil {
		r.plain.Destroy()
	}
}

// TakeIn reads raw, a release file, and asks for the four words that the
// depositary reads out. Errors: those of opening;
// ReleaseDamaged, ReleaseForeign (no request of one's own), ReleaseUsed,
// ReleaseStale, ReleaseFuture, TooNew; WrongCode after three wrong answers; and
// those of ask. nil asks nobody: NeedPassphrase.
func TakeIn(ctx context.Context, raw []byte, keys *identity.Opened, ring *keyring.Keyring, now time.Time, ask AskWords) (*Return, error) {
	if len(raw) > maxRaw {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	plain, err := agefile.OpenBytes(ctx, raw, keys.Identities(), maxText)
	if err != nil {
		return nil, err
	}
	r := &Return{plain: plain}
	err = r.read(read(ring.Records(keyring.ReleaseTag)), now)
	if err == nil {
		err = r.answered(ctx, raw, ask)
	}
	if err != nil {
		r.Close()
		secret.Settle()
		return nil, err
	}
	return r, nil
}

// read reads the release and looks whether it was asked for.
func (r *Return) read(entries []Entry, now time.Time) error {
	lines, at, ok := comments(r.plain.Bytes(), 0, depositFamily)
	if !ok {
		return fault.New(fault.ReleaseDamaged, "", nil)
	}
	t, err := parseTop(lines)
	if err != nil {
		return err
	}
	r.By, r.Released = t.by, t.date
	if r.asked, ok = find(entries, Requested, t.request); !ok {
		return fault.New(fault.ReleaseForeign, "", nil)
	}
	if _, done := find(entries, Restored, t.request); done {
		return fault.New(fault.ReleaseUsed, t.by, nil)
	}
	if err := r.timely(now); err != nil {
		return err
	}
	if r.Form, r.at, err = open(r.plain, at); fault.Of(err) == fault.DepositDamaged {
		return fault.New(fault.ReleaseDamaged, "", err)
	}
	return err
}

// timely wants a release that was made while its request was valid, and not
// long ago.
func (r *Return) timely(now time.Time) error {
	asked := r.asked.At
	switch {
	case r.Released.After(now.Add(Slack)):
		return fault.New(fault.ReleaseFuture, r.By, nil)
	case r.Released.Before(asked.Add(-Slack)), r.Released.After(asked.Add(Valid + Slack)), now.After(asked.Add(Patience)):
		return fault.New(fault.ReleaseStale, r.By, nil)
	}
	return nil
}

// answered asks for the words that stand for raw.
func (r *Return) answered(ctx context.Context, raw []byte, ask AskWords) error {
	if ask == nil {
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	answer := spoken(answerLabel, raw)
	for wrong := range Tries {
		typed, err := ask(r.By, wrong > 0)
		if err != nil {
			return err
		}
		heard, err := ParseCode(string(typed.Bytes())) // no secret: see the package's doc
		typed.Destroy()
		if err == nil && slices.Equal(heard, answer) {
			return nil
		}
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, "", ctx.Err())
		}
	}
	return fault.New(fault.WrongCode, r.By, nil)
}

// Taken notes in ring that the keys of r are in it now. Errors: ReleaseUsed,
// and those of writing.
func (r *Return) Taken(ring *keyring.Keyring, now time.Time) error {
	n := &note{ring: ring, what: Entry{
		Kind: Restored, Request: r.asked.Request, Name: r.By, At: now, Asked: r.asked.At, Deposited: r.Date,
		Old: r.Depositor.Recipient.Fingerprint(), New: r.asked.New,
	}}
	n.check = func(entries []Entry) error {
		if _, done := find(entries, Restored, r.asked.Request); done {
			return fault.New(fault.ReleaseUsed, r.By, nil)
		}
		return nil
	}
	return n.write()
}
