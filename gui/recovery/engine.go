package recovery

import (
	"context"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// Engine is what this screen asks of the engine. *engine.Engine is one, but for
// Restore and Sheet, which Door makes of it.
type Engine interface {
	Searcher

	State() session.State
	Recovery() recovery.Status
	Keys() []identity.Public

	MakeBackup(ctx context.Context, path string, pass *secret.Buffer, key string) error
	MakeSheet(ctx context.Context, key, path string, words recovery.Labels) (Sheet, error)
	MakeShares(ctx context.Context, key string, need, of int, dir string, words recovery.Labels) ([]string, error)

	NewRestore() Restore
	Restore(ctx context.Context, r Restore, how recovery.How, owner string, fresh *secret.Buffer) error
	Rehearse(ctx context.Context, r Restore) (recovery.Rehearsal, error)

	OldFiles
	Escrow
	Agents
	AgentKeys
}

// Sheet is a recovery sheet that was written, while two of its words are asked
// back; *recovery.Sheet is one.
type Sheet interface {
	Ask() (i, j int)
	Right(i int, typed []byte) bool
	Close()
}

// Restore is the pieces somebody has; *recovery.Restore is one.
type Restore interface {
	Words(ask recovery.AskWords)
	AddFile(ctx context.Context, path string, ask identity.Ask) (recovery.Piece, error)
	AddWords(ctx context.Context, words *secret.Buffer) (recovery.Piece, error)
	AddOld(ctx context.Context, f *legacy.Found, name string, ask identity.Ask) (recovery.Piece, error)
	Drop(i int)
	Pieces() []recovery.Piece
	Found() recovery.Found
	Close()
}

// Door is the engine's own face of all that; *engine.Engine has it.
type Door interface {
	Searcher

	State() session.State
	Recovery() recovery.Status
	Keys() []identity.Public
	MakeBackup(ctx context.Context, path string, pass *secret.Buffer, key string) error
	MakeSheet(ctx context.Context, key, path string, words recovery.Labels) (*recovery.Sheet, error)
	MakeShares(ctx context.Context, key string, need, of int, dir string, words recovery.Labels) ([]string, error)
	NewRestore() *recovery.Restore
	Restore(ctx context.Context, r *recovery.Restore, how recovery.How, owner string, fresh *secret.Buffer) error
	Rehearse(ctx context.Context, r *recovery.Restore) (recovery.Rehearsal, error)
	OldFiles
	Escrow
	AgentDoor
}

// Through is the engine behind a door.
func Through(d Door) Engine { return through{d} }

type through struct{ Door }

func (t through) MakeSheet(ctx context.Context, key, path string, words recovery.Labels) (Sheet, error) {
	made, err := t.Door.MakeSheet(ctx, key, path, words)
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (t through) NewRestore() Restore { return t.Door.NewRestore() }

func (t through) Restore(ctx context.Context, r Restore, how recovery.How, owner string, fresh *secret.Buffer) error {
	return t.Door.Restore(ctx, r.(*recovery.Restore), how, owner, fresh)
}

func (t through) Rehearse(ctx context.Context, r Restore) (recovery.Rehearsal, error) {
	return t.Door.Rehearse(ctx, r.(*recovery.Restore))
}
