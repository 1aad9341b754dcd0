package keys

// Desk is what this screen needs of the window around it.
type Desk struct {
	Folder  string            // where saved files go unless the person chooses
	WayBack func(key string)  // opens what saves a way back in; key, if not empty, is the pair it is above all for
	Reveal  func(path string) // shows a file in the file manager
}

func (d Desk) reveal(path string) {
	if d.Reveal != nil {
		d.Reveal(path)
	}
}

func (d Desk) wayBack(key string) {
	if d.WayBack != nil {
		d.WayBack(key)
	}
}
