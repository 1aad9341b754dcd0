package recovery

import (
	"context"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// depositing is the sheet in which everything is left with somebody.
type depositing struct {
	s    *Screen
	form *form.Form
	who  *personPick
	to   *form.Place
	note *widget.Field
	risk *fyne.Container // what speaks against the one who was chosen
	sure *widget.Check   // nil while nothing does
}

// deposit opens it, with somebody chosen already if who has a name.
func (s *Screen) deposit(who identity.Contact) {
	do := widget.PrimaryButton(text.T("escrow.deposit.do"), nil).WithIcon("lock")
	d := &depositing{s: s, form: form.New(s.window, text.T("escrow.deposit.title"), do), risk: widget.Column(theme.Grid)}
	d.who = pickPerson(s.window, s.engine.Contacts, text.T("escrow.deposit.whom"), d.chosen)
	d.to = form.NewPlace(s.window, "archive", s.desk.Folder, depositName(s.desk.Owner), escrow.DepositName)
	d.note = widget.NewField(text.T("escrow.deposit.note"), text.T("escrow.deposit.note.like"))
	d.note.OnChanged = func(string) { d.form.Typed() }
	d.form.Inputs = append(d.form.Inputs, d.who.button, d.to, d.note)
	d.form.Fields.Add(widget.Column(theme.Gap,
		explained("person", "escrow.deposit.trust", "eye", "escrow.deposit.reads", "shield", "escrow.deposit.alone"),
		widget.Column(theme.Half, widget.Strong(text.T("escrow.deposit.whom")), d.who.view), d.risk,
		widget.Column(theme.Half, widget.Strong(text.T("escrow.deposit.note")), ringed(d.note)), placed(d.to)))
	d.risk.Hide()
	do.OnTapped = d.begin
	trace.Place("deposit.do", do)
	trace.Place("deposit.note", d.note)
	s.opened(d.form)
	d.form.Sheet.Wide(600)
	if who = s.depositary(who); who.Name != "" {
		d.who.set(who)
	}
	d.form.Open(d.who.button)
}

// depositary is who, or the one who has a deposit already.
func (s *Screen) depositary(who identity.Contact) identity.Contact {
	for _, w := range s.status.Ways {
		for _, c := range s.engine.Contacts() {
			if who.Name == "" && w.Kind == recovery.DepositWay && w.To == c.ID() {
				return c
			}
		}
	}
	return who
}

// chosen says what speaks against somebody.
func (d *depositing) chosen() {
	d.form.Typed()
	c, name := d.who.who, text.Name(d.who.who.Name)
	d.sure, d.risk.Objects = nil, nil
	risky := ""
	switch {
	case c.Changed():
		d.risk.Add(widget.Note(theme.Danger, text.T("escrow.deposit.changed", "name", name)))
	case !c.Verified:
		d.risk.Add(widget.Note(theme.Warning, text.T("escrow.deposit.unverified", "name", name)))
		risky = "escrow.deposit.sure"
		if d.s.desk.Verify != nil {
			compare := widget.SecondaryButton(text.T("escrow.deposit.compare"), func() { d.s.desk.Verify(c, d.compared) }).Small()
			trace.Place("deposit.compare", compare)
			d.risk.Add(widget.Row(0, compare, widget.Spacer()))
		}
	}
	if !c.Changed() && !c.Recipient.PostQuantum() {
		d.risk.Add(widget.Note(theme.Warning, text.T("escrow.deposit.classic", "name", name)))
		risky = "escrow.deposit.sure"
	}
	if risky != "" {
		d.sure = widget.NewCheck(text.T(risky), false, func(bool) { d.form.Typed() })
		trace.Place("deposit.sure", d.sure)
		d.risk.Add(d.sure)
	}
	widget.SetVisible(d.risk, len(d.risk.Objects) > 0)
	d.form.Sheet.Refresh()
}

// compared goes on after safety words were compared.
func (d *depositing) compared() {
	d.who.renew()
	d.form.Focus(d.note)
}

// begin writes the deposit.
func (d *depositing) begin() {
	f, c := d.form, d.who.who
	switch {
	case f.Busy():
		return
	case c.Name == "":
		f.Say(text.T("escrow.deposit.choose"))
		f.Focus(d.who.button)
		return
	case c.Changed():
		f.Fail(fault.New(fault.ContactChanged, c.Name, nil))
		return
	case d.sure != nil && !d.sure.On():
		f.Say(text.T("escrow.deposit.tick"))
		f.Focus(d.sure)
		return
	}
	if _, err := escrow.Said(d.note.Text); err != nil {
		f.Say(text.T("escrow.deposit.note.long"))
		f.Focus(d.note)
		return
	}
	sure := d.sure != nil
	terms := escrow.Terms{Note: d.note.Text, Check: text.T("escrow.check"), Unverified: sure && !c.Verified, Classic: sure}
	path := d.to.Path
	f.Run(text.T("escrow.deposit.busy"), func(ctx context.Context) error {
		return d.s.engine.Deposit(ctx, c.ID(), path, terms)
	}, d.done)
}

// done says what to do with the file, and what to tell the person.
func (d *depositing) done(err error) {
	if !d.s.wrote(d.form, d.to, text.T("escrow.deposit.done"), err) {
		return
	}
	trace.Event("recovery.deposit", nil)
	name := text.Name(d.who.who.Name)
	tell := text.T("escrow.deposit.tell", "name", name, "owner", text.Name(d.s.desk.Owner))
	copied := widget.SecondaryButton(text.T("escrow.deposit.copy"), nil).WithIcon("copy").Small()
	copied.OnTapped = func() {
		clip.Copy(tell)
		copied.SetLabel(text.T("verify.print.copied"))
	}
	d.form.Finish(text.T("escrow.deposit.done"), widget.Column(theme.Gap, form.Written(d.s.desk.reveal, d.to.Path, "done"),
		steps(text.T("escrow.deposit.give", "name", name), text.T("escrow.deposit.tells"), text.T("escrow.deposit.renew")),
		widget.Tinted(theme.NeutralSoft, widget.Column(theme.Grid, widget.Body(tell), widget.Row(0, copied, widget.Spacer())))), "", nil)
}
