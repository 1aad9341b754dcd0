package session

import (
	"context"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Wait is how long the next passphrase attempt must wait: zero for the first
// few, then doubling with each wrong one up to 30 s. An attempt before that is
// answered fault.TooSoon, and does not count.
func (s *Session) Wait() time.Duration { return 0 }

// Verify checks the passphrase of the unlocked keyring, slowed like Unlock.
// pass is taken over. Errors: WrongPassphrase, TooSoon, Locked, Cancelled.
func (s *Session) Verify(ctx context.Context, pass *secret.Buffer) error {
	pass.Destroy()
	return fault.New(fault.Internal, "", nil)
}

// ChangePassphrase gives the keyring another passphrase. Both buffers are taken
// over. Errors: those of Verify, NeedPassphrase (an empty new one), and of writing.
func (s *Session) ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error {
	old.Destroy()
	fresh.Destroy()
	return fault.New(fault.Internal, "", nil)
}
