package widget

// secretField is a field that holds what nobody may see.
type secretField interface{ Destroy() }

// live are the passphrase and word fields that were not destroyed yet, wherever
// they are: on a screen, a sheet, or out of sight. For the UI goroutine.
var live = map[secretField]struct{}{}

// WipeTyped destroys every such field there is, for the lock: a sheet that
// forgot its field, or that nobody holds any more, leaves nothing behind. It
// answers how many there were.
func WipeTyped() int {
	n := len(live)
	for f := range live {
		f.Destroy()
	}
	return n
}
