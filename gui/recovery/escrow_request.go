package recovery

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// askForDeposit opens the sheet that asks for one's deposit. then, if not nil,
// is called when the person closed it.
func askForDeposit(w fyne.Window, eng Engine, desk Desk, then func()) {
	do := widget.PrimaryButton(text.T("escrow.request.do"), nil).WithIcon("edit")
	f := form.New(w, text.T("escrow.request.title"), do)
	to := form.NewPlace(w, "file", desk.Folder, requestName(desk.Owner), escrow.RequestName)
	f.Inputs = append(f.Inputs, to)
	f.Fields.Add(widget.Column(theme.Gap,
		explained("person", "escrow.request.what", "key", "escrow.request.keys", "clock", "escrow.request.week"), placed(to)))
	if then != nil {
		f.Wipe = append(f.Wipe, func() {
			if !f.Sheet.Swept() {
				then()
			}
		})
	}
	do.OnTapped = func() {
		path := to.Path
		var code []string
		f.Run(text.T("escrow.request.busy"), func(ctx context.Context) (err error) {
			code, err = eng.MakeRequest(ctx, path)
			return err
		}, func(err error) {
			if !wrote(w, f, to, text.T("escrow.request.done"), err) {
				return
			}
			trace.Event("recovery.request", map[string]any{"code": strings.Join(code, " ")})
			f.Finish(text.T("escrow.request.done"), widget.Column(theme.Gap, form.Written(desk.reveal, to.Path, "done"),
				aloud(text.T("escrow.request.words"), code),
				steps(text.T("escrow.request.send"), text.T("escrow.request.call"), text.T("escrow.request.back")),
				widget.Muted(text.T("escrow.request.again"))), "", nil)
		})
	}
	trace.Place("request.do", do)
	f.Sheet.Wide(600)
	f.Open(do)
}
