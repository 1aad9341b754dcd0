package gui

import (
	"cryptodesk/gui/keys"
	"cryptodesk/gui/shell"
)

// keysDesk gives the Keys screen what it needs of the window.
func (w *window) keysDesk() keys.Desk {
	return keys.Desk{
		Folder:  documents(),
		WayBack: func(key string) { w.ways().Save(key) },
		Reveal:  func(path string) { shell.Reveal(path, func() {}) },
	}
}
