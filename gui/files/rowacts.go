package files

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// reveal shows a result in the file manager.
func (s *Screen) reveal(at spot) {
	out := at.state().Out
	there := true
	s.away(func() { // a disk that is gone may take its time to say so
		_, err := os.Lstat(out)
		there = err == nil
	}, func() {
		if !there {
			s.toast(theme.Warning, text.T("restore.vanished", "name", text.Name(filepath.Base(out))))
			return
		}
		shell.Reveal(out, func() {
			cross.Do(func() { s.toast(theme.Warning, text.T("files.reveal.failed", "folder", text.Name(filepath.Dir(out)))) })
		})
	})
}

func (s *Screen) toast(tone fyne.ThemeColorName, words string) {
	widget.Toast(s.window.Canvas(), tone, words)
}

// menu offers what can be done with a row that ended.
func (s *Screen) menu(at spot, from fyne.CanvasObject) {
	state := at.state()
	var items []*widget.MenuItem
	add := func(icon, key string, f func()) { items = append(items, widget.NewMenuItem(icon, text.T(key), f)) }
	if state.State == job.Failed && canRetry(at, state.Err) {
		add("again", "files.row.retry", func() { s.retry(at) })
	}
	if state.State == job.Failed || len(state.Notes) > 0 {
		add("info", "files.row.details", func() { s.details(at) })
	}
	if state.State == job.Done && state.Out != "" {
		add("show", "files.row.reveal", func() { s.reveal(at) })
		// Whoever cannot be named again would lose the file without a word.
		if at.run.work != opening && (!at.run.earlier || len(at.run.people.people) > 0) {
			add("people", "files.row.change", func() { s.changeWho(at) })
		}
		add("copy", "files.row.copyPath", func() { clip.Copy(state.Out) })
	}
	add("minus", "files.row.remove", func() { s.remove(at) })
	widget.OpenMenu(s.window.Canvas(), from, items)
}

// removeOrCancel is the Delete key: it cancels what runs and takes off what ended.
func (s *Screen) removeOrCancel(at spot) {
	if ended(at.state().State) {
		s.remove(at)
		return
	}
	at.run.job.CancelRow(at.row)
}

func (s *Screen) remove(at spot) {
	s.board.hide(at)
	s.afterRemoval()
}

func (s *Screen) clearFinished() {
	s.board.clearFinished()
	s.afterRemoval()
}

func (s *Screen) afterRemoval() {
	s.remember(true)
	if len(s.board.runs) == 0 && s.plan == nil {
		s.showRest()
		s.Shown()
		return
	}
	s.rows.refresh()
}

// retry tries a failed row again: with another passphrase when that was the
// trouble, else by planning it anew.
func (s *Screen) retry(at spot) {
	if asksPassphrase(at.state().Err.Kind) && !at.run.earlier {
		s.askAgain(at)
		return
	}
	s.board.hide(at)
	s.Drop([]string{at.state().Path})
}

// askAgain asks for the passphrase of a file that did not open.
func (s *Screen) askAgain(at spot) {
	field := widget.NewPassphraseField(text.T("files.ask.field"))
	var sheet *widget.Sheet
	open := widget.PrimaryButton(text.T("files.plan.go.open"), nil)
	problem := widget.Body("").Tone(theme.Danger)
	problem.Hide()
	open.OnTapped = func() {
		if field.Empty() {
			s.window.Canvas().Focus(field)
			return
		}
		if err := s.openAgain(at, field); err != nil {
			what, do := text.FaultOf(err)
			problem.Set(what + " " + do)
			problem.Show()
			sheet.Refresh()
			return
		}
		sheet.Close()
	}
	field.OnSubmit = open.OnTapped
	stop := widget.SecondaryButton(text.T("files.cancel"), func() { sheet.Close() })
	sheet = widget.NewSheet(text.T("files.ask.title"), widget.Column(theme.Grid,
		widget.Body(text.T("files.ask.note", "name", text.Name(at.state().Name))), widget.Pad(3, 3, field), problem), stop, open)
	sheet.OnClosed = field.Destroy
	sheet.Open(s.window.Canvas(), field)
}

// openAgain starts a job for one row with what was typed, in its place.
func (s *Screen) openAgain(at spot, field *widget.PassphraseField) error {
	item := at.run.items[at.row]
	opt := at.run.opts
	opt.Passphrase = field.Take()
	j, err := s.engine.Decrypt(&batch.Plan{Open: []batch.Item{item}}, opt)
	if err != nil {
		return err
	}
	s.board.hide(at)
	s.begin(&run{job: j, work: opening, items: []batch.Item{item}, opts: at.run.opts, typed: true})
	s.showRest()
	return nil
}

// details shows the two sentences of a failure in full, and what to hand on
// to whoever helps.
func (s *Screen) details(at spot) {
	state := at.state()
	faults := state.Notes
	if state.Err != nil {
		faults = append([]*fault.Error{state.Err}, faults...)
	}
	column := widget.Column(theme.Grid)
	for _, f := range faults[:min(len(faults), 20)] {
		what, do := text.Fault(f)
		column.Add(widget.Column(theme.Half, widget.Body(what).Bold(true), widget.Body(do)))
	}
	report := reportOf(at.run.work, faults)
	column.Add(widget.Pad(theme.Half, 0, widget.Rule()))
	column.Add(widget.Caption(text.T("files.details.note")).Fits(widget.FitWrap))
	column.Add(widget.Tinted(theme.NeutralSoft, widget.Caption(report).Fits(widget.FitWrap).Mono()))
	var sheet *widget.Sheet
	cp := widget.SecondaryButton(text.T("files.details.copy"), func() { clip.Copy(report) }).WithIcon("copy")
	done := widget.PrimaryButton(text.T("files.close"), func() { sheet.Close() })
	sheet = widget.NewSheet(text.Name(state.Name), column, cp, done).Wide(560)
	sheet.Open(s.window.Canvas(), done)
}

// reportOf is what can be handed on: kinds and subjects, which are paths and
// names. Causes stay out: they are not ours to vouch for.
func reportOf(w work, faults []*fault.Error) string {
	report := "CryptoDesk " + []string{"encrypt", "open", "change"}[w]
	for _, f := range faults {
		report += "\n" + string(f.Kind)
		if f.Subject != "" {
			report += ": " + text.Name(f.Subject)
		}
	}
	return report
}
