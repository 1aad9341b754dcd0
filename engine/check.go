package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// MemoryReport is what CheckMemory found.
type MemoryReport = scan.Report

// CanCheckMemory says whether this system lets a program search itself; do not
// offer CheckMemory where it does not.
func (e *Engine) CanCheckMemory() bool { return scan.Supported }

// CheckMemory searches all memory of this process, from the inside, for the
// unlocked private keys, the keyring's file key and the session's keys, outside
// the guarded pages where they belong. (The passphrase is not kept, so it cannot
// be looked for.) Takes seconds; safe while jobs run, whose own keys it may then
// find in use. A report whose Sees is false was blind and says nothing. Errors:
// Locked (there is nothing to look for), Permission (the system does not let
// this process look at itself), Cancelled.
func (e *Engine) CheckMemory(ctx context.Context) (*MemoryReport, error) {
	ring, err := e.session.Keyring()
	if err != nil {
		return nil, err
	}
	set := scan.NewSet()
	defer set.Destroy()
	for _, k := range ring.Keys() {
		if err := k.Lend(func(key []byte) { set.AddKey(scan.PrivateKey, key) }); err != nil {
			return nil, err
		}
	}
	if err := ring.LendFileKey(func(key []byte) { set.AddKey(scan.FileKey, key) }); err != nil {
		return nil, err
	}
	e.session.LendStateKeys(func(key []byte) { set.AddKey(scan.SessionKey, key) })
	secret.Settle()
	r, err := set.Own(ctx)
	if err != nil {
		return nil, err
	}
	if !e.Unlocked() { // locked meanwhile: half of what it says is about another state
		return nil, fault.New(fault.Locked, "", nil)
	}
	return r, nil
}
