package recovery

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// keeping is where a key is kept that is on no computer.
type keeping int

const (
	onPaper keeping = iota
	inFile
	inShares
)

// agentKeys is the sheet that makes a key pair to be the agent, writes it down,
// and forgets it.
type agentKeys struct {
	s    *Screen
	form *form.Form
	name *widget.Field
	how  *widget.Choice

	page, file *form.Place
	pass       *widget.FreshPassphrase
	need, of   *widget.Stepper
	meaning    *widget.Text
	folder     string
	where      *widget.Text
	parts      [3]fyne.CanvasObject // by keeping
}

// agentKey opens the sheet.
func (s *Screen) agentKey() {
	k := &agentKeys{s: s, folder: s.desk.Folder}
	do := widget.PrimaryButton(text.T("agent.key.do"), k.run).WithIcon("key")
	k.form = form.New(s.window, text.T("agent.own"), do)
	k.name = widget.NewField(text.T("agent.key.name"), text.T("agent.key.name"))
	k.name.SetText(text.T("agent.key.usual"))
	k.name.OnChanged = func(string) { k.named() }
	k.name.OnSubmitted = func(string) { do.Tapped(nil) }
	k.how = widget.NewChoice([]string{text.T("agent.key.paper"), text.T("agent.key.file"), text.T("agent.key.shares")}, 0, func(int) { k.show() })
	k.parts = [3]fyne.CanvasObject{k.paperPart(), k.filePart(do), k.sharesPart()}
	k.form.Inputs = append(k.form.Inputs, k.name, k.how)
	column := widget.Column(theme.Gap, widget.Muted(text.T("agent.key.lead")),
		widget.Column(theme.Half, widget.Caption(text.T("agent.key.name")), widget.Pad(2, 2, k.name)),
		widget.Row(theme.Grid, widget.Strong(text.T("agent.key.keep")), widget.Spacer(), k.how))
	for _, part := range k.parts {
		column.Add(part)
	}
	k.form.Fields.Add(column)
	trace.Place("agent.key.do", do)
	trace.Place("agent.key.name", k.name)
	trace.Place("agent.key.how", k.how)
	k.show()
	k.form.Sheet.Wide(560)
	k.form.Open(do)
}

func (k *agentKeys) paperPart() fyne.CanvasObject {
	k.page = form.NewPlace(k.s.window, "file", k.folder, sheetName(k.name.Text, k.s.desk.now()), ".pdf")
	k.form.Inputs = append(k.form.Inputs, k.page)
	return widget.Column(theme.Gap, widget.Body(text.T("agent.key.paper.about")),
		widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), k.page.View))
}

func (k *agentKeys) filePart(do *widget.Button) fyne.CanvasObject {
	k.file = form.NewPlace(k.s.window, "key", k.folder, keyName(k.name.Text), ".age")
	k.pass = widget.NewFreshPassphrase(text.T("recovery.backup.passphrase"), k.form.Typed, func() { do.Tapped(nil) })
	k.form.Inputs = append(k.form.Inputs, k.file, k.pass)
	k.form.Wipe = append(k.form.Wipe, k.pass.Destroy)
	return widget.Column(theme.Gap, widget.Body(text.T("agent.key.file.about")), k.pass.Content,
		widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), k.file.View))
}

func (k *agentKeys) sharesPart() fyne.CanvasObject {
	stepper := func(value, to int) *widget.Stepper {
		return widget.NewStepper(value, 2, to, text.T("recovery.shares.less"), text.T("recovery.shares.more"), func(int) { k.count() })
	}
	k.of, k.need, k.meaning = stepper(3, mostShares), stepper(2, 3), widget.Body("")
	change := widget.LinkButton(text.T("keys.place.change"), k.chooseFolder).Small()
	k.where = widget.FileName(text.Name(k.folder))
	k.form.Inputs = append(k.form.Inputs, k.of, k.need, change)
	k.count()
	return widget.Column(theme.Gap, widget.Column(theme.Grid,
		widget.Row(theme.Grid, widget.Strong(text.T("recovery.shares.of")), widget.Spacer(), k.of.View),
		widget.Row(theme.Grid, widget.Strong(text.T("recovery.shares.need")), widget.Spacer(), k.need.View)),
		widget.Tinted(theme.AccentSoft, k.meaning),
		widget.Column(theme.Half, widget.Caption(text.T("recovery.shares.folder")),
			widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon("folder", theme.Muted, 24)),
				container.NewCenter(change), widget.Pad(0, 12, k.where)))))
}

// keyName is what the file of a private key is called.
func keyName(name string) string { return titled(name) + ".key.age" }

// named follows the name with those of the files.
func (k *agentKeys) named() {
	k.form.Typed()
	k.page.Suggest(k.s.desk.Folder, sheetName(k.name.Text, k.s.desk.now()), ".pdf")
	k.file.Suggest(k.s.desk.Folder, keyName(k.name.Text), ".age")
}

func (k *agentKeys) count() {
	k.need.Bound(2, k.of.Value())
	k.meaning.Set(text.T("agent.key.meaning", "need", k.need.Value(), "of", k.of.Value()))
	k.form.Typed()
	k.form.Sheet.Refresh()
}

func (k *agentKeys) chooseFolder() {
	form.ChoosePath(k.s.window, shell.Request{Title: text.T("recovery.shares.folder"), Accept: text.T("app.choose"), Folder: true, Start: k.folder},
		func(paths []string) {
			if len(paths) > 0 {
				k.folder = filepath.Clean(paths[0])
				k.where.Set(text.Name(k.folder))
			}
		})
}

func (k *agentKeys) keeping() keeping { return keeping(k.how.Chosen()) }

// show has the part that belongs to what was chosen.
func (k *agentKeys) show() {
	for i, part := range k.parts {
		widget.SetVisible(part, i == k.how.Chosen())
	}
	k.form.Typed()
	k.form.Sheet.Refresh()
}

// run makes the key, writes it, and makes it the agent.
func (k *agentKeys) run() {
	s, f, how := k.s, k.form, k.keeping()
	if f.Busy() {
		return
	}
	var pass *secret.Buffer
	if how == inFile {
		if wants, where := k.pass.Wants(); wants != "" {
			f.Say(wants)
			f.Focus(where)
			return
		}
		pass = k.pass.Copy()
	}
	name, need, of, folder, words := k.name.Text, k.need.Value(), k.of.Value(), k.folder, labels()
	page, file := k.page.Path, k.file.Path
	var made Sheet
	var paths []string
	f.Run(text.T("agent.key.busy"), func(ctx context.Context) error {
		key, err := s.engine.NewOfflineKey(name)
		if err != nil {
			pass.Destroy()
			return err
		}
		defer key.Close()
		switch how {
		case inFile:
			paths, err = []string{file}, key.SaveFile(ctx, file, pass)
		case inShares:
			paths, err = key.SaveShares(ctx, need, of, folder, words)
		default:
			paths = []string{page}
			made, err = key.SaveSheet(ctx, page, words)
		}
		if err != nil {
			return err
		}
		return s.engine.AdoptAgent(ctx, key)
	}, func(err error) { k.wrote(paths, made, err) })
}

// wrote says how it went, and asks two words of a sheet back.
func (k *agentKeys) wrote(paths []string, made Sheet, err error) {
	s, f := k.s, k.form
	s.Refresh()
	if err == nil {
		trace.Event("agent.set", map[string]any{"offline": true, "files": len(paths)})
	}
	name := text.Name(k.name.Text)
	switch {
	case f.Sheet.Closed() && err == nil:
		closeSheet(made)
		widget.Toast(s.window.Canvas(), theme.OK, text.T("agent.done", "name", brief(name, nameLetters)))
	case f.Sheet.Closed():
		closeSheet(made)
	case fault.Of(err) == fault.Exists:
		f.Say(text.T("recovery.exists"))
		f.Focus(map[keeping]fyne.Focusable{onPaper: k.page.Change, inFile: k.file.Change}[k.keeping()])
	case fault.Of(err) == fault.NameTaken, fault.Of(err) == fault.NameMissing, fault.Of(err) == fault.BadName:
		f.Fail(err)
		f.Focus(k.name)
	case err != nil:
		closeSheet(made)
		f.Fail(err)
	case made != nil:
		s.askWords(f, made, paths[0], func() { k.done(name, paths) })
	default:
		k.done(name, paths)
	}
}

// done says where the key is.
func (k *agentKeys) done(name string, paths []string) {
	wiped(k.form)
	list := widget.Column(theme.Grid)
	for _, path := range paths {
		show := widget.LinkButton(text.T("keys.place.show"), func() { k.s.desk.reveal(path) }).Small()
		list.Add(widget.Row(theme.Grid, widget.NewIcon("file", theme.Muted, 20), widget.FileName(text.Name(base(path))).Bold(false), show))
	}
	keep := map[keeping]string{onPaper: "agent.key.keep.paper", inFile: "agent.key.keep.file", inShares: "agent.key.keep.shares"}[k.keeping()]
	content := []fyne.CanvasObject{widget.CardPadded(12, list), widget.Note(theme.Accent, text.T(keep))}
	if k.keeping() == inFile {
		content = append(content, stock(paths[0]))
	}
	k.s.agentDone(k.form, name, content...)
}
