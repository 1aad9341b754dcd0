package agefile

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Add writes src to dst so that whoever can open src still can, and those in to
// as well, armored if src is. What the header says for the others stays byte
// for byte (https://c2sp.org/age#header: nothing in it tells who they are, so
// they cannot be named again), and so does the payload, which is authenticated
// to its end first. Progress counts the plaintext bytes authenticated.
//
// Adding somebody a second time is not noticed: a header does not show whom it
// is for. Errors: those of Rewrap; PassphraseAlone for a file of a passphrase;
// MixedKeys when the others have keys of the other sort; TooMany when the
// header holds as many as the stock program reads.
func Add(ctx context.Context, src *safefile.Source, dst *safefile.File, ids []age.Identity, to []age.Recipient, opt Options) (err error) {
	defer func() { err = about(src.Path(), err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := findPayload(src, opt)
	if err != nil {
		return changedFirst(src, err)
	}
	if isPassphrase(p.layout.raw) {
		return fault.New(fault.PassphraseAlone, "", nil)
	}
	if p.key, err = OpenHeader(p.layout.raw, ids...); err != nil {
		return changedFirst(src, err)
	}
	defer p.key.Destroy()
	opt.Armor = p.layout.armored
	err = p.replaceHeader(ctx, src, dst, opt, func(key *secret.Buffer) ([]byte, error) {
		return extend(p.layout.raw, key, to)
	})
	if err != nil {
		return changedFirst(src, err)
	}
	if err := src.Changed(); err != nil {
		return err
	}
	dst.SetTimes(src.ModTime())
	return nil
}

// extend is raw, whose file key is key, with stanzas for those in to as well.
func extend(raw []byte, key *secret.Buffer, to []age.Recipient) ([]byte, error) {
	if len(to) == 0 {
		return nil, fault.New(fault.NoRecipients, "", nil)
	}
	before := present(stanzas(raw))
	longer, err := wrap(nil, key, true, append([]age.Recipient{before}, to...))
	if err != nil {
		return nil, err
	}
	kept := raw[:bytes.Index(raw, []byte("\n--- "))+1]
	if len(kept) == 0 || !bytes.HasPrefix(longer, kept) {
		// age's own parser accepts one spelling only, so this is not ours to explain.
		return nil, fault.New(fault.HeaderDamaged, "", errors.New("the header has another spelling"))
	}
	if len(stanzas(longer)) == 0 {
		return nil, fault.New(fault.TooMany, "", nil)
	}
	return longer, nil
}

// present are the stanzas that a header has, as a recipient that wraps nothing
// anew. By its labels age itself refuses who does not go with them.
type present []*age.Stanza

// Wrap implements age.Recipient.
func (p present) Wrap([]byte) ([]*age.Stanza, error) { return p, nil }

// WrapWithLabels implements age.RecipientWithLabels. Stanzas of a plugin say
// nothing of their sort and count as classic, like the plugin's key.
func (p present) WrapWithLabels([]byte) ([]*age.Stanza, []string, error) {
	var info Info
	info.describe(p)
	if info.PostQuantum {
		return p, []string{postQuantum}, nil
	}
	return p, nil, nil
}

// postQuantum is the label of age's post-quantum recipients.
const postQuantum = "postquantum"

// Either is somebody with a post-quantum and a classic key. In a header they get
// the one that goes with the recipient who is first there; alone, the
// post-quantum one.
type Either struct{ Quantum, Classic age.Recipient }

// Wrap implements age.Recipient, for those who never met anybody.
func (e Either) Wrap(fileKey []byte) ([]*age.Stanza, error) { return e.Quantum.Wrap(fileKey) }

// beside is e among others, whose labels are known once it is e's turn.
func (e Either) beside(first *[]string) age.Recipient { return &joining{e, first} }

// joining is an Either that waits for the labels of the first.
type joining struct {
	Either
	first *[]string
}

// WrapWithLabels implements age.RecipientWithLabels.
func (j *joining) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	chosen := j.Classic
	if slices.Contains(*j.first, postQuantum) {
		chosen = j.Quantum
	}
	if r, ok := chosen.(age.RecipientWithLabels); ok {
		return r.WrapWithLabels(fileKey)
	}
	s, err := chosen.Wrap(fileKey)
	return s, nil, err
}
