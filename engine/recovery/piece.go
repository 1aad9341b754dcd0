package recovery

import (
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// PieceKind says what something is that somebody dropped or typed, by its
// content and never by its name.
type PieceKind string

const (
	BackupPiece   PieceKind = "backup"   // a keyring: a backup, an older one, keyring.age itself
	IdentityPiece PieceKind = "identity" // private keys in a file of any other sort
	SheetPiece    PieceKind = "sheet"    // a recovery sheet: its PDF, a photo of it, its words
	SharePiece    PieceKind = "share"    // one of several: its file, its page, a photo, its words
	DepositPiece  PieceKind = "deposit"  // what somebody left with somebody
	RequestPiece  PieceKind = "request"  // a request for a release: no key in it
	ReleasePiece  PieceKind = "release"  // a deposit that was released
	CardPiece     PieceKind = "card"     // a contact card or public keys: no key in it
	LegacyPiece   PieceKind = "legacy"   // a key as old scripts wrote it
	OtherPiece    PieceKind = "other"    // anything else
)

// PieceKinds returns all of them, for the translations to cover.
func PieceKinds() []PieceKind {
	return []PieceKind{BackupPiece, IdentityPiece, SheetPiece, SharePiece, DepositPiece, RequestPiece, ReleasePiece, CardPiece, LegacyPiece, OtherPiece}
}

// Piece is one thing that somebody still has. All of it may be shown.
type Piece struct {
	Kind PieceKind
	Name string // of the file; empty for typed words
	Path string

	Keys     []identity.Public // the keys it brings, by itself or with others; names may be empty
	Contacts int
	Groups   int

	Owner  string // whose it says it is
	Share  int    // of a share: which one, from 1
	Of     int    // how many were made; 0 when not known
	Need   int    // how many are needed
	Have   int    // and how many good ones of its set there are here, this one among them
	Holder string // of a deposit or release: who kept it

	// Problem is why it cannot be used; nil if it can, or can once others are
	// there. Its subject is the piece's name, or what its kind says.
	Problem *fault.Error
}

// Key is a key pair that would be restored.
type Key struct {
	identity.Public      // Name is empty when no piece says it
	Known           bool // it is in the present keyring
}

// Missing is a share set of which there are too few.
type Missing struct {
	Owner string // whose it says it is; may be empty
	Have  int
	Need  int
}

// Lacks is how many shares are still to be found.
func (m Missing) Lacks() int { return m.Need - m.Have }

// Found is what all pieces together come to.
type Found struct {
	Keys     []Key
	Contacts int // whom the present keyring does not know
	Groups   int
	Missing  []Missing
	Ready    bool // there is a key to restore
}

// How is what becomes of the present keyring.
type How int

const (
	Merge   How = iota // it takes in what it does not have
	Replace            // it is put aside, and a new one takes its place
)

// Rehearsal is what came of one: the keys were put together in guarded memory
// from the pieces, and a file that was encrypted for each present key opened.
type Rehearsal struct {
	Passed  bool              // every key there is opened its file
	Opened  []identity.Public // the keys whose file opened
	Missing []identity.Public // those whose file did not: they would be lost
	Ways    []string          // IDs of the ways that this was noted on
}
