package transfer

import (
	"os"
	"strings"
)

// boot names the time since the computer was started: while it is the same, what
// a killed program wrote is there, flushed or not. Empty if that is not known.
func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
