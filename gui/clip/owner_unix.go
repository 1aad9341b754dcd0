//go:build unix && !darwin

package clip

import (
	"io"
	"log"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"cryptodesk/gui/cross"
)

// native says that foreign content is never read by the toolkit here.
const native = true

// quiet keeps the X library from telling that a connection was closed.
var quiet = sync.OnceFunc(func() { xgb.Logger = log.New(io.Discard, "", 0) })

// owned says whether this program owns the X clipboard; known is false where
// that cannot be found out. The toolkit takes the selection with a hidden
// window of its own: a client's windows share the upper bits of their numbers
// (X Window System Protocol, "Connection Setup": resource-id-base and -mask).
func owned() (ours, known bool) {
	window := make(chan uint32, 1)
	cross.Do(func() { window <- handle() })
	mine := <-window
	if mine == 0 {
		return false, false
	}
	quiet()
	c, err := xgb.NewConn()
	if err != nil {
		return false, false
	}
	defer c.Close()
	const name = "CLIPBOARD"
	clipboard, err := xproto.InternAtom(c, false, uint16(len(name)), name).Reply()
	if err != nil {
		return false, false
	}
	owner, err := xproto.GetSelectionOwner(c, clipboard.Atom).Reply()
	if err != nil {
		return false, false
	}
	mask := xproto.Setup(c).ResourceIdMask
	return uint32(owner.Owner)&^mask == mine&^mask, true
}

// handle is the X number of the window, 0 without X.
func handle() (id uint32) {
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		if n, ok := w.(driver.NativeWindow); ok {
			n.RunNative(func(context any) {
				if x, ok := context.(driver.X11WindowContext); ok {
					id = uint32(x.WindowHandle)
				}
			})
		}
	}
	return id
}
