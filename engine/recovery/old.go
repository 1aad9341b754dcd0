package recovery

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
)

// AddOld is AddFile for a private key that came out of what an old script
// wrote; name is the file's. f stays the caller's.
func (r *Restore) AddOld(ctx context.Context, f *legacy.Found, name string, ask identity.Ask) (Piece, error) {
	defer secret.Settle()
	in := &reader{ctx: ctx, ask: ask, restore: r, name: name}
	text := f.Plain.Clone()
	if text == nil {
		return Piece{}, fault.New(fault.Locked, "", nil)
	}
	defer text.Destroy()
	p := in.text(text)
	if p.Problem != nil && p.Problem.Kind == fault.Cancelled {
		p.close()
		return Piece{}, p.Problem
	}
	if p.content != nil {
		p.Kind = LegacyPiece
	}
	return r.add(p)
}
