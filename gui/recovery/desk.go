package recovery

import (
	"time"

	"cryptodesk/engine/identity"
)

// Desk is what this screen needs of the window around it.
type Desk struct {
	Folder string            // where saved files go unless the person chooses
	Owner  string            // what the person is called, for a keyring that is made anew
	Reveal func(path string) // shows a file in the file manager
	Now    func() time.Time

	Verify func(c identity.Contact, done func()) // compares safety words with somebody
}

func (d Desk) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

func (d Desk) reveal(path string) {
	if d.Reveal != nil {
		d.Reveal(path)
	}
}
