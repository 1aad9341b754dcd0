package keyring

import (
	"context"
	"os"
	"strings"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

const lockPause = 10 * time.Millisecond

var lockTries = 1000 // ten seconds; tests have less patience

// lockPath is a file beside the keyring that is never replaced, so that all
// programs lock the same one.
func lockPath(path string) string { return strings.TrimSuffix(path, ".age") + ".lock" }

// lockFile waits for its turn among programs. The system lets go of a lock
// when its holder dies. It cannot be waited for with a limit, so it is asked
// for again and again. Errors: ProfileBusy, Cancelled, those of opening.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	again := time.NewTicker(lockPause)
	defer again.Stop()
	for range lockTries {
		taken, err := safefile.TryLock(f)
		if err != nil {
			f.Close()
			return nil, fault.FromOS(path, err)
		}
		if taken {
			return func() { f.Close() }, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			f.Close()
			return nil, fault.New(fault.Cancelled, path, ctx.Err())
		}
	}
	f.Close()
	return nil, fault.New(fault.ProfileBusy, path, nil)
}
