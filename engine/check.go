package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret/scan"
)

// MemoryReport is what CheckMemory found.
type MemoryReport = scan.Report

// CanCheckMemory says whether this system lets a program search itself; do not
// offer CheckMemory where it does not.
func (e *Engine) CanCheckMemory() bool { return scan.Supported }

// CheckMemory searches all memory of this process, from the inside, for the
// unlocked private keys, the keyring's file key and the session's key, outside
// the guarded pages where they belong. Takes a second or two; safe while jobs
// run, whose own keys it may then find in use. A report whose Sees is false was
// blind and says nothing. Errors: Locked (there is nothing to look for),
// Permission (the system does not let this process look at itself), Cancelled.
func (e *Engine) CheckMemory(ctx context.Context) (*MemoryReport, error) {
	return nil, fault.New(fault.Internal, "", nil)
}
