//go:build !windows

package safefile

import (
	"io/fs"
	"time"
)

// Placed is not before the moment at which a file of this package came under
// its name, whatever its modification time says. Touching its permissions or
// name moves it; nothing moves it back.
func Placed(info fs.FileInfo) time.Time { return changeTime(info) }
