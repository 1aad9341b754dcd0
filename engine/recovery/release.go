package recovery

import (
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
)

// AskWords answers the four words that a depositary reads out; p says what they
// are for. Otherwise it is as identity.Ask.
type AskWords func(p Piece, again bool) (*secret.Buffer, error)

// Words says who is asked for the words of a release. Without it, that is who
// is asked for passphrases. To be called before AddFile.
func (r *Restore) Words(ask AskWords) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words = ask
}

// left reads what somebody left with somebody: text is what data, which one of
// keys opens, holds. What was left with the person here is not theirs to take
// in; what was released is, if it is an answer to a request of theirs.
func (in *reader) left(data, text *secret.Buffer, keys *identity.Opened, ring *keyring.Keyring) *piece {
	if escrow.SortOf(text.Bytes()) == escrow.DepositFile {
		return in.problem(DepositPiece, fault.DepositHeld)
	}
	p := in.piece(ReleasePiece)
	now := in.restore.now()
	back, err := escrow.TakeIn(in.ctx, data.Bytes(), keys, ring, now, in.wordsFor(p))
	if err != nil {
		p.Problem = fault.New(fault.Of(err), p.label(), err)
		return p
	}
	defer back.Close()
	content, err := back.Content()
	if err != nil {
		p.Problem = fault.New(fault.Of(err), p.label(), err)
		return p
	}
	p.hold(content)
	p.Owner, p.Holder, p.back = back.Depositor.Name, back.By, back
	return p
}

// wordsFor asks for the words that belong to p.
func (in *reader) wordsFor(p *piece) escrow.AskWords {
	in.restore.mu.Lock()
	words := in.restore.words
	in.restore.mu.Unlock()
	switch {
	case words != nil:
		return func(by string, again bool) (*secret.Buffer, error) {
			p.Holder = by
			return words(p.Piece, again)
		}
	case in.ask != nil:
		return func(_ string, again bool) (*secret.Buffer, error) { return in.ask(again) }
	}
	return nil
}

// noteReleases notes in ring that what was released is in it now.
func (r *Restore) noteReleases(ring *keyring.Keyring, now time.Time) error {
	for _, p := range r.released() {
		// One that was noted before stays noted.
		if err := p.back.Taken(ring, now); err != nil && fault.Of(err) != fault.ReleaseUsed {
			return err
		}
	}
	return nil
}

func (r *Restore) released() (list []*piece) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pieces {
		if p.used && p.back != nil {
			list = append(list, p)
		}
	}
	return list
}

// holder is the ID of the contact who keeps the deposit that p was, by what the
// depositor called them; empty if there is none.
func (r *Restore) holder(p *piece) string {
	ring, err := r.ring()
	if err != nil {
		return ""
	}
	for _, c := range ring.Contacts() {
		if identity.SameName(c.Name, p.back.Depositary) {
			return c.ID()
		}
	}
	return ""
}

// forKeys reads what is encrypted for keys, if one of those opens it that are
// open now.
func (in *reader) forKeys(data *secret.Buffer) *piece {
	kind := DepositPiece
	if escrow.Named(in.name) == escrow.ReleaseFile {
		kind = ReleasePiece
	}
	ring, err := in.restore.ring()
	if err != nil {
		return in.problem(kind, fault.Of(err))
	}
	var keys []*identity.KeyPair
	for _, k := range ring.Keys() {
		if k.Public().Kind != identity.Plugin {
			keys = append(keys, k)
		}
	}
	opened, err := identity.Open(keys...)
	if err != nil {
		return in.problem(kind, fault.Of(err))
	}
	defer opened.Close()
	text, err := agefile.OpenBytes(in.ctx, data.Bytes(), opened.Identities(), maxPlain)
	if err != nil {
		return in.problem(kind, fault.Of(err))
	}
	defer text.Destroy()
	switch escrow.SortOf(text.Bytes()) {
	case escrow.DepositFile, escrow.ReleaseFile:
		return in.left(data, text, opened, ring)
	}
	return in.inside(text, DepositPiece)
}
