package lock

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// Unlock asks for the passphrase. It lives on the UI goroutine.
type Unlock struct {
	eng     Engine
	win     fyne.Window
	view    fyne.CanvasObject
	field   *widget.PassphraseField
	button  *widget.Button
	message *widget.Text
	spinner *widget.Spinner
	verdict string             // said while one waits, before the seconds
	waiting bool               // the next attempt must wait
	stop    context.CancelFunc // ends the unlock under way, if any
	closed  bool

	restore func() // for who forgot the passphrase

	later func(time.Duration, func()) // runs on the UI goroutine
}

// NewUnlock makes the screen. why says in a sentence why it is there, or "";
// restore is what "Forgot it?" leads to. The engine announces success by its own
// OnChange. Close the screen when it is taken down.
func NewUnlock(eng Engine, win fyne.Window, why string, restore func()) *Unlock {
	u := &Unlock{eng: eng, win: win, restore: restore}
	u.later = func(d time.Duration, f func()) { time.AfterFunc(d, func() { cross.Do(f) }) }
	u.field = widget.NewPassphraseField(text.T("lock.unlock.field"))
	u.field.OnSubmit = u.unlock
	u.field.OnChange = u.typed
	u.button = widget.PrimaryButton(text.T("lock.unlock.do"), u.unlock)
	u.message = widget.Body("").Align(fyne.TextAlignCenter)
	u.spinner = widget.NewSpinner(20)
	forgot := widget.LinkButton(text.T("lock.unlock.forgot"), u.restore)
	trace.Place("lock.passphrase", u.field)
	trace.Place("lock.next", u.button)
	trace.Place("lock.forgot", forgot)
	greeting := text.T("lock.unlock.nobody")
	if owner := eng.Owner(); owner != "" {
		greeting = text.T("lock.unlock.greeting", "name", text.Name(owner))
	}
	head := widget.Column(theme.Half, widget.Title(greeting).Align(fyne.TextAlignCenter))
	if why != "" {
		reason := widget.Muted(why).Align(fyne.TextAlignCenter)
		trace.Place("lock.why", reason)
		head.Add(reason)
	}
	room := widget.NewPanel(theme.Transparent, 0) // two lines, so that a message moves nothing
	room.Least = fyne.NewSize(0, 44)
	column := container.New(layout.NewCustomPaddedVBoxLayout(theme.Gap), layout.NewSpacer(),
		container.NewCenter(widget.NewDrawing("locked", 88, 88)), head,
		widget.AtMost(360, u.field),
		widget.AtMost(360, widget.Row(theme.Grid, forgot, widget.Spacer(), u.spinner, u.button)),
		widget.AtMost(400, container.NewStack(room, u.message)), layout.NewSpacer())
	u.view = widget.Pad(theme.Wide, theme.Wide, column)
	return u
}

// View is the screen.
func (u *Unlock) View() fyne.CanvasObject { return u.view }

// Focus puts the keyboard on the field.
func (u *Unlock) Focus() {
	trace.Screen("lock.unlock")
	u.win.Canvas().Focus(u.field)
	u.countdown() // wrong ones before a lock still count
}

// Forget wipes what is typed so far: the computer goes to sleep.
func (u *Unlock) Forget() { u.field.Clear() }

// Close stops what is under way and wipes what was typed.
func (u *Unlock) Close() {
	u.closed = true
	if u.stop != nil {
		u.stop()
	}
	u.spinner.Stop()
	u.field.Destroy()
}

func (u *Unlock) typed() {
	if !u.waiting {
		u.message.Set("")
	}
}

func (u *Unlock) unlock() {
	if u.stop != nil || u.closed || u.waiting {
		return
	}
	if u.field.Empty() {
		u.win.Canvas().Focus(u.field)
		return
	}
	pass := u.field.Take()
	ctx, stop := context.WithCancel(context.Background())
	u.stop = stop
	u.busy(true)
	var err error
	cross.Go(func() { err = u.eng.Unlock(ctx, pass) }, func() { u.answered(err) })
}

func (u *Unlock) answered(err error) {
	u.stop()
	u.stop = nil
	if u.closed {
		return
	}
	u.busy(false)
	if err == nil {
		return
	}
	u.field.Wrong(true)
	u.verdict = sentence(err)
	switch fault.Of(err) {
	case fault.WrongPassphrase:
		u.verdict = text.T("lock.unlock.wrong")
	case fault.TooSoon:
		u.verdict = ""
	}
	u.message.Tone(theme.Danger)
	u.message.Set(u.verdict)
	u.win.Canvas().Focus(u.field)
	u.countdown()
}

// countdown keeps the button greyed until the engine takes another attempt, and
// says how long that is. One can type meanwhile.
func (u *Unlock) countdown() {
	if u.closed || u.stop != nil {
		return
	}
	left := u.eng.UnlockWait()
	if left <= 0 {
		if u.waiting {
			u.waiting = false
			u.button.Enable()
			u.message.Set("")
			trace.Event("unlock.ready", nil)
		}
		return
	}
	seconds := int((left + time.Second - 1) / time.Second)
	if !u.waiting {
		u.waiting = true
		u.button.Disable()
		trace.Event("unlock.wait", map[string]any{"seconds": seconds})
	}
	u.message.Tone(theme.Danger)
	u.message.Set(joined(u.verdict, text.T("lock.unlock.wait", "n", seconds)))
	u.later(left-time.Duration(seconds-1)*time.Second, u.countdown)
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func (u *Unlock) busy(on bool) {
	if on {
		u.field.Disable()
		u.button.Disable()
		u.spinner.Start()
		u.message.Tone(theme.Muted)
		u.message.Set(text.T("lock.unlock.busy"))
		return
	}
	u.field.Enable()
	u.button.Enable()
	u.spinner.Stop()
	u.message.Set("")
}
