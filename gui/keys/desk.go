package keys

// Desk is what this screen needs of the window around it.
type Desk struct {
	Folder string            // where saved files go unless the person chooses
	Backup func() string     // what a copy of the keyring is called today
	Saved  func(path string) // a copy of the keyring exists now
	Reveal func(path string) // shows a file in the file manager
}

func (d Desk) reveal(path string) {
	if d.Reveal != nil {
		d.Reveal(path)
	}
}

func (d Desk) saved(path string) {
	if d.Saved != nil {
		d.Saved(path)
	}
}

func (d Desk) backup() string {
	if d.Backup == nil {
		return "CryptoDesk-keys.age"
	}
	return d.Backup()
}
