package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/recovery"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// fromDeposit leads on who has nothing but a deposit with somebody: what
// brings it back are new keys, and a request that they sign.
func (z *Wizard) fromDeposit() fyne.CanvasObject {
	link := widget.LinkButton(text.T("escrow.anew.link"), func() {
		if z.locked {
			z.anew()
			return
		}
		askForDeposit(z.window, z.engine, z.desk, nil)
	})
	trace.Place("restore.deposit", link)
	return widget.Row(0, link, widget.Spacer())
}

// anew asks for the passphrase of a keyring with nothing but a new key.
func (z *Wizard) anew() {
	z.how = recovery.Replace
	z.leave()
	z.parts(text.T("escrow.anew.do"), z.startAnew, func() { z.gather(z.why) })
	z.fresh = widget.NewFreshPassphrase("", func() { z.message.Set("") }, z.startAnew)
	z.show("restore.anew", widget.Page{
		Step: 3, Of: z.steps(), Title: text.T("escrow.anew.title"), Lead: text.T("escrow.anew.lead"),
		Content: widget.Column(theme.Gap, z.fresh.Content, widget.Note(theme.Accent, z.promise())),
		Status:  z.status(), Left: []fyne.CanvasObject{z.left}, Right: []fyne.CanvasObject{z.next},
	}, z.fresh.First())
}

// startAnew makes the new keys, and asks for the deposit with them.
func (z *Wizard) startAnew() {
	if z.stop != nil || z.fresh == nil {
		return
	}
	if sentence, where := z.fresh.Wants(); sentence != "" {
		z.message.Tone(theme.Danger).Set(sentence)
		z.window.Canvas().Focus(where)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	z.stop = stop
	fresh := z.passphrase()
	z.busy(true, text.T("escrow.anew.busy"))
	var err error
	form.Away(func() { err = z.engine.StartAnew(ctx, z.desk.Owner, fresh) }, func() {
		stop()
		z.stop = nil
		if z.closed {
			return
		}
		trace.Event("recovery.anew", map[string]any{"ok": err == nil})
		z.busy(false, "")
		if err != nil {
			z.message.Tone(theme.Danger).Set(sentence(err))
			return
		}
		z.back = true
		z.leave()
		z.pieces.close()
		askForDeposit(z.window, z.engine, z.desk, func() { z.done(true) })
	})
}
