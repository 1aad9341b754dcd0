package keys

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// resolve asks which keys of a contact are true.
func (s *Screen) resolve(c identity.Contact) { resolveContact(s.window, s.engine, c, s.Refresh) }

// Resolve asks which keys of the contact with that ID are true, if they changed;
// done is called after a decision.
func Resolve(w fyne.Window, eng Verifier, id string, done func()) {
	for _, c := range eng.Contacts() {
		if c.ID() == id {
			resolveContact(w, eng, c, done)
		}
	}
}

// resolveContact opens the sheet that explains a changed key; done is called
// after a decision. Until there is one, nothing is encrypted to the contact.
func resolveContact(w fyne.Window, eng Verifier, c identity.Contact, done func()) {
	if !c.Changed() {
		return
	}
	name := text.Name(c.Name)
	var sheet *widget.Sheet
	keep := widget.PrimaryButton(text.T("changed.keep"), nil)
	use := widget.SecondaryButton(text.T("changed.use"), func() {
		sheet.Close()
		acceptContact(w, eng, c, done)
	})
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()
	keep.OnTapped = func() {
		settle(sheet, problem, func() error { return eng.RefuseChange(context.Background(), c.ID()) }, func() {
			trace.Event("changed.done", map[string]any{"accepted": false})
			widget.Toast(w.Canvas(), theme.OK, text.T("changed.kept", "name", name))
			call(done)
		}, keep, use)
	}
	trace.Place("changed.keep", keep)
	trace.Place("changed.use", use)
	words := widget.Column(theme.Gap,
		widget.Note(theme.Danger, text.T("changed.what", "name", name, "date", text.Date(c.Offered.Since))),
		bothPrints(c),
		widget.Body(text.T("changed.do", "name", name)))
	if note := agentNote(eng, c.ID(), "agent.changed"); note != nil {
		words.Add(note)
	}
	words.Add(problem)
	sheet = widget.NewSheet(text.T("changed.title", "name", name), words, use, keep).Wide(600)
	sheet.Open(w.Canvas(), keep)
}

// bothPrints shows the old key and the new one beside each other.
func bothPrints(c identity.Contact) fyne.CanvasObject {
	old, fresh := c.Recipient.Fingerprint(), c.Offered.Recipient.Fingerprint()
	if old == fresh {
		// The key files are encrypted to is the same; another one beside it,
		// for signing or for older programs, is not.
		return printBox(text.T("changed.same"), old)
	}
	badge := "keys.notVerified"
	tone := theme.Muted
	if c.Verified {
		badge, tone = "keys.verified", theme.OK
	}
	added := text.T("changed.old")
	if !c.Added.IsZero() {
		added = text.T("changed.old.since", "date", text.Date(c.Added))
	}
	return container.New(layout.NewGridLayout(2),
		printBox(added, old, widget.NewBadge(text.T(badge), tone)),
		printBox(text.T("changed.new", "date", text.Date(c.Offered.Since)), fresh, widget.NewBadge(text.T("keys.notVerified"), theme.Muted)))
}

// acceptContact asks once more before another key is taken, and goes on to
// verify it.
func acceptContact(w fyne.Window, eng Verifier, c identity.Contact, done func()) {
	name := text.Name(c.Name)
	var sheet *widget.Sheet
	back := widget.SecondaryButton(text.T("changed.back"), func() { sheet.Close(); resolveContact(w, eng, c, done) })
	sure := widget.DangerButton(text.T("changed.sure"), nil)
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()
	sure.OnTapped = func() {
		settle(sheet, problem, func() error {
			if !sameOffer(eng, c) {
				return fault.New(fault.ContactChanged, c.Name, nil)
			}
			return eng.AcceptChange(context.Background(), c.ID())
		}, func() {
			trace.Event("changed.done", map[string]any{"accepted": true})
			call(done)
			for _, now := range eng.Contacts() {
				if now.Recipient == c.Offered.Recipient {
					verifyContact(w, eng, now, done)
				}
			}
		}, back, sure)
	}
	trace.Place("changed.back", back)
	trace.Place("changed.sure", sure)
	sheet = widget.NewSheet(text.T("changed.sure.title", "name", name), widget.Column(theme.Gap,
		widget.Body(text.T("changed.sure.ask", "name", name)),
		printBox(text.T("changed.new", "date", text.Date(c.Offered.Since)), c.Offered.Recipient.Fingerprint()),
		widget.Muted(text.T("changed.sure.note", "name", name)), problem), back, sure)
	sheet.Open(w.Canvas(), back)
}

// sameOffer says whether the keys that wait are those on screen: others may
// have come under the name meanwhile.
func sameOffer(eng Verifier, c identity.Contact) bool {
	return slices.ContainsFunc(eng.Contacts(), func(now identity.Contact) bool {
		return now.ID() == c.ID() && now.Changed() && now.Offered.Recipient == c.Offered.Recipient &&
			now.Offered.Classic == c.Offered.Classic && slices.Equal(now.Offered.Signing, c.Offered.Signing)
	})
}

// settle does work off the UI goroutine while the buttons of the sheet rest,
// and closes the sheet and goes on when it went well.
func settle(sheet *widget.Sheet, problem *widget.Text, work func() error, then func(), buttons ...*widget.Button) {
	for _, b := range buttons {
		b.Disable()
	}
	var err error
	away(func() { err = work() }, func() {
		if sheet.Closed() {
			return // locked meanwhile
		}
		for _, b := range buttons {
			b.Enable()
		}
		if err != nil {
			what, do := text.FaultOf(err)
			problem.Set(what + " " + do)
			problem.Show()
			sheet.Refresh()
			return
		}
		sheet.Close()
		then()
	})
}

func call(f func()) {
	if f != nil {
		f()
	}
}
