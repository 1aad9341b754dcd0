package gui

import (
	"cryptodesk/gui/shell"
	"cryptodesk/gui/transfer"
)

// transferDesk gives the Transfer screen what it needs of the window.
func (w *window) transferDesk() transfer.Desk {
	return transfer.Desk{
		Folder: downloads(),
		Reveal: func(path string) { shell.Reveal(path, func() {}) },
		Open: func(path string) {
			w.show("files") // which tells what it is, and leads on to Keys or Recovery
			w.files.Drop([]string{path})
		},
	}
}

// endTransfer takes the screen down; what is sent and received goes on.
func (w *window) endTransfer() {
	if w.transfer != nil {
		w.transfer.Close()
		w.transfer = nil
	}
}
