package recovery

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/recovery/slip39"
)

// maxPieces bounds what one restore looks at together.
const maxPieces = 200

// Restore is a desk on which somebody lays what they still have: files,
// photos, typed words, in any order. It says what each piece is and what they
// come to together. Nothing is written by it. What it holds of keys is sealed
// or in guarded memory until Close. Safe for concurrent use.
type Restore struct {
	ring func() (*keyring.Keyring, error) // the present keyring, if it is open
	now  func() time.Time

	mu       sync.Mutex
	words    AskWords
	pieces   []*piece
	joined   []joined
	before   []joined // those of the judgement before
	expected string   // fingerprint; empty for any
	closed   bool
}

// piece is a Piece and what it holds.
type piece struct {
	Piece
	sum     [sha256.Size]byte // of what was read, to know it again
	content *keyring.Content  // nil if it has no key by itself
	share   *slip39.Share     // of a sheet too, which is one of one
	says    string            // the fingerprint that its text names; empty if none
	header  []byte            // of an age file
	used    bool              // it is part of what was found
	back    *escrow.Return    // of a release; wiped

	samePassphrase bool // it opened with the passphrase of the keyring that was open then
}

func (p *piece) close() {
	p.content.Destroy()
	p.share.Close()
}

// NewRestore is an empty desk. ring answers the keyring that is open now, or an
// error: what is there already is said, and files for its keys are opened.
func NewRestore(ring func() (*keyring.Keyring, error), now func() time.Time) *Restore {
	return &Restore{ring: ring, now: now}
}

// Expect says which key is to come back, by its fingerprint: pieces of another
// one are refused as WrongKey. Empty takes any.
func (r *Restore) Expect(fingerprint string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = fingerprint
	r.judge()
}

// Close wipes everything; idempotent.
func (r *Restore) Close() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, p := range r.pieces {
		p.close()
	}
	forget(r.joined)
	r.pieces, r.joined = nil, nil
}

// Closed says whether Close was called.
func (r *Restore) Closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// Drop takes the piece away that Pieces shows at i.
func (r *Restore) Drop(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i < 0 || i >= len(r.pieces) {
		return
	}
	r.pieces[i].close()
	r.pieces = slices.Delete(r.pieces, i, i+1)
	r.judge()
}

// Pieces are what was added, in that order, with what is known of each now.
func (r *Restore) Pieces() []Piece {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := r.names(r.present())
	all := make([]Piece, len(r.pieces))
	for i, p := range r.pieces {
		all[i] = p.shown(names)
	}
	return all
}

// add takes ps over and answers the first of them as it looks among the
// others.
func (r *Restore) add(ps ...*piece) (Piece, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.pieces)+len(ps) > maxPieces {
		for _, p := range ps {
			p.close()
		}
		if r.closed {
			return Piece{}, fault.New(fault.Cancelled, "", nil)
		}
		return Piece{}, fault.New(fault.TooMany, "", nil)
	}
	r.pieces = append(r.pieces, ps...)
	r.judge()
	return ps[0].shown(r.names(r.present())), nil
}

// joined is a key that shares came to.
type joined struct {
	key *identity.KeyPair
	of  []*piece
}

func forget(all []joined) {
	for _, j := range all {
		j.key.Destroy()
	}
}

// judge looks at all pieces anew: what a piece is worth depends on the others.
func (r *Restore) judge() {
	r.before, r.joined = r.joined, nil
	defer func() {
		forget(r.before)
		r.before = nil
	}()
	for i, p := range r.pieces {
		p.used = false
		if p.share == nil && p.content == nil {
			continue // it is what it is
		}
		p.Problem, p.Have = nil, 0
		if p.share != nil {
			p.Keys = nil
		}
		for _, before := range r.pieces[:i] {
			if p.content != nil && before.content != nil && before.sum == p.sum {
				p.Problem = fault.New(fault.PieceRepeated, p.label(), nil)
			}
		}
		if p.content != nil && p.Problem == nil {
			p.Problem = r.wrongKey(p, p.content.Keys())
			p.used = p.Problem == nil
		}
	}
	r.judgeShares()
}

// wrongKey is the problem of pieces that bring back none of the keys that are
// expected.
func (r *Restore) wrongKey(p *piece, keys []*identity.KeyPair) *fault.Error {
	for _, k := range keys {
		print := k.Public().Fingerprint
		if (r.expected == "" || samePrint(print, r.expected)) && (p.says == "" || samePrint(print, p.says)) {
			return nil
		}
	}
	return fault.New(fault.WrongKey, p.label(), nil)
}

// label is what a piece is called in a sentence.
func (p *piece) label() string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Kind == SharePiece && p.Owner != "":
		return p.Owner + " " + strconv.Itoa(p.Share)
	case p.Kind == SharePiece:
		return strconv.Itoa(p.Share)
	}
	return p.Owner
}

// Content is what is to be restored, for a keyring to take in; the caller
// destroys it. A key that has no name is called owner, if that is not empty and
// there is only one. Errors: ShareMissing, NoPiece (there is no key), those of
// putting it together.
func (r *Restore) Content(owner string) (*keyring.Content, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys()) == 0 {
		if m := r.missing(); len(m) > 0 {
			return nil, fault.New(fault.ShareMissing, strconv.Itoa(m[0].Lacks()), nil)
		}
		return nil, r.problem()
	}
	var content *keyring.Content
	var err error
	for _, p := range r.inOrder() {
		if content == nil {
			content, err = p.content.Clone()
		} else {
			err = content.Merge(p.content)
		}
		if err != nil {
			content.Destroy()
			return nil, err
		}
	}
	for _, j := range r.joined {
		key, err := j.key.Clone()
		if err != nil {
			content.Destroy()
			return nil, err
		}
		one := keyring.ContentOf(key)
		if content == nil {
			content = one
			continue
		}
		err = content.Merge(one)
		one.Destroy()
		if err != nil {
			content.Destroy()
			return nil, err
		}
	}
	if err := called(owner, content); err != nil {
		content.Destroy()
		return nil, err
	}
	return content, nil
}

// called gives an only key that nobody named the name of its owner.
func called(owner string, content *keyring.Content) error {
	keys := content.Keys()
	if owner == "" || len(keys) != 1 || !Unnamed(keys[0].Public()) {
		return nil
	}
	return keys[0].Rename(owner)
}

// Unnamed says whether nobody has named a key: it has no name, or the one that a
// keyring gives to such a key.
func Unnamed(k identity.Public) bool { return k.Name == "" || k.Name == unnamed(k) }

// unnamed is what a keyring calls a key that nobody named.
func unnamed(k identity.Public) string { return "key " + k.ID[:min(8, len(k.ID))] }

// problem is why nothing comes back.
func (r *Restore) problem() error {
	for _, p := range r.pieces {
		if p.Problem != nil {
			return p.Problem
		}
	}
	return fault.New(fault.NoPiece, "", nil)
}

// inOrder are the pieces with keys of their own, whole keyrings first: their
// names, and whom they verified, are those that stay.
func (r *Restore) inOrder() (list []*piece) {
	for _, p := range r.pieces {
		if p.used && p.content != nil {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *piece) int { return a.rank() - b.rank() })
	return list
}

func (p *piece) rank() int {
	if p.Kind == IdentityPiece || p.Kind == LegacyPiece {
		return 1
	}
	return 0
}
