package gui

import (
	"time"

	"cryptodesk/gui/keys"
	"cryptodesk/gui/lock"
	"cryptodesk/gui/shell"
)

// keysDesk gives the Keys screen what it needs of the window.
func (w *window) keysDesk() keys.Desk {
	return keys.Desk{
		Folder: documents(),
		Backup: func() string { return lock.BackupName(time.Now()) },
		Saved:  w.saved,
		Reveal: func(path string) { shell.Reveal(path, func() {}) },
	}
}
