package shell

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver"

	"cryptodesk/engine/secret"
)

// Request says what to ask for. With SaveAs, a place for a file with that name
// is chosen; otherwise what exists.
type Request struct {
	Title    string
	Accept   string // the button's word
	Multiple bool
	Folder   bool
	SaveAs   string
	Start    string // the folder to begin in; "" lets the desktop decide
}

// Choose asks the person and calls done on the UI goroutine with absolute
// paths, or with none when they cancelled. It returns at once and must be
// called on the UI goroutine.
//
// With the toolkit's own dialog only one thing can be chosen at a time, and a
// place to save is a folder, to which SaveAs is added: its save dialog would
// empty an existing file before anybody could object.
func Choose(w fyne.Window, r Request, done func(paths []string)) {
	parent := windowHandle(w)
	go func() {
		defer secret.Guard()
		paths, err := ask(context.Background(), parent, r)
		fyne.Do(func() {
			if errors.Is(err, errNoPortal) {
				chooseInWindow(w, r, done)
				return
			}
			done(paths)
		})
	}()
}

// windowHandle names the window to the portal, so that its dialog stays above.
func windowHandle(w fyne.Window) string {
	handle := ""
	if native, ok := w.(driver.NativeWindow); ok {
		native.RunNative(func(context any) {
			if x, ok := context.(driver.X11WindowContext); ok {
				handle = fmt.Sprintf("x11:%x", x.WindowHandle)
			}
		})
	}
	return handle
}

func chooseInWindow(w fyne.Window, r Request, done func([]string)) {
	var d *dialog.FileDialog
	if r.Folder || r.SaveAs != "" {
		d = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if err != nil || u == nil {
				done(nil)
				return
			}
			done([]string{filepath.Join(u.Path(), r.SaveAs)})
		}, w)
	} else {
		d = dialog.NewFileOpen(func(u fyne.URIReadCloser, err error) {
			if err != nil || u == nil {
				done(nil)
				return
			}
			u.Close()
			done([]string{u.URI().Path()})
		}, w)
	}
	if r.Accept != "" {
		d.SetConfirmText(r.Accept)
	}
	d.SetTitleText(r.Title)
	d.Show()
	size := w.Canvas().Size() // Resize panics before Show
	d.Resize(fyne.NewSize(size.Width*0.9, size.Height*0.9))
}
