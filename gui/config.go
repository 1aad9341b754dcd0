package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// config is the Settings screen.
type config struct {
	w        *window
	view     fyne.CanvasObject
	scroll   *container.Scroll
	language *widget.Choice
	autoLock *widget.Choice
	check    *memoryCheck
}

func newConfig(w *window) *config {
	c := &config{w: w}
	column := widget.Column(theme.Gap,
		c.display(),
		widget.Heading(text.T("settings.security")), c.security(),
		widget.Heading(text.T("settings.keyboard")),
		rows(shortcut("Ctrl O", "settings.shortcuts.choose"), shortcut("Ctrl 1 – 3", "settings.shortcuts.screens"),
			shortcut("Ctrl L", "rail.lock"), shortcut("Esc", "settings.shortcuts.cancel"), shortcut("Ctrl Q", "app.quit")),
		widget.Heading(text.T("settings.about")),
		rows(line("info", text.T("app.name")+" "+engine.Version(), text.T("settings.formats"), nil),
			line("folder", text.T("settings.profile"), text.Name(w.eng.Home()), nil)))
	c.scroll = widget.FollowFocus(container.New(layout.NewCustomPaddedLayout(4, theme.Wide, theme.Wide, theme.Wide), column))
	c.view = container.NewBorder(widget.Pad(theme.Wide, theme.Wide, widget.Title(text.T("settings.title"))), nil, nil, nil, c.scroll)
	return c
}

// display is language and theme.
func (c *config) display() fyne.CanvasObject {
	w := c.w
	languages := []text.Language{followSystem, text.English, text.Korean}
	c.language = widget.NewChoice([]string{text.T("settings.language.system"), text.T("settings.language.en"), text.T("settings.language.ko")},
		max(0, slices.Index(languages, w.settings.Language)), func(i int) { w.settings.Language = languages[i]; w.restyle() })
	modes := []theme.Mode{theme.System, theme.Light, theme.Dark}
	look := widget.NewChoice([]string{text.T("settings.theme.system"), text.T("settings.theme.light"), text.T("settings.theme.dark")},
		max(0, slices.Index(modes, w.settings.Theme)), func(i int) { w.settings.Theme = modes[i]; w.restyle() })
	trace.Place("settings.language", c.language)
	trace.Place("settings.theme", look)
	note := ""
	if w.files.Busy() {
		note = text.T("settings.language.note")
	}
	return rows(line("globe", text.T("settings.language"), note, c.language), line("contrast", text.T("settings.theme"), "", look))
}

func (c *config) shown() {
	trace.Screen("settings")
	c.w.win.Canvas().Focus(c.language)
}

// close ends what runs for the screen.
func (c *config) close() {
	if c.check != nil {
		c.check.close()
	}
}

// turn scrolls by keyboard.
func (c *config) turn(key fyne.KeyName) {
	step := map[fyne.KeyName]float32{fyne.KeyUp: -48, fyne.KeyDown: 48, fyne.KeyPageUp: -320, fyne.KeyPageDown: 320}[key]
	if step != 0 {
		c.scroll.ScrollToOffset(c.scroll.Offset.AddXY(0, step))
	}
}

// rows is a card of lines with rules between them.
func rows(lines ...fyne.CanvasObject) fyne.CanvasObject {
	parts := []fyne.CanvasObject{}
	for i, l := range lines {
		if i > 0 {
			parts = append(parts, widget.Pad(0, theme.Gap, widget.Rule()))
		}
		parts = append(parts, widget.Pad(12, theme.Gap, l))
	}
	return widget.CardPadded(0, widget.Column(0, parts...))
}

// line is an icon, a name with a sentence below, and what can be changed.
func line(icon, name, sentence string, control fyne.CanvasObject) fyne.CanvasObject {
	words := widget.Column(2, widget.Strong(name))
	if sentence != "" {
		words.Add(widget.Muted(sentence))
	}
	return marked(widget.NewIcon(icon, theme.Muted, 20), words, control)
}

// marked puts a mark at the left of words and a control at their right.
func marked(mark fyne.CanvasObject, words, control fyne.CanvasObject) fyne.CanvasObject {
	var right fyne.CanvasObject
	if control != nil {
		right = container.NewCenter(control)
	}
	return container.NewBorder(nil, nil, container.NewCenter(mark), right, widget.Pad(0, 14, container.NewBorder(nil, nil, nil, nil, middle(words))))
}

// middle centres content vertically and gives it the whole width.
func middle(content fyne.CanvasObject) fyne.CanvasObject {
	return widget.Column(0, widget.Spacer(), content, widget.Spacer())
}

func shortcut(keys, key string) fyne.CanvasObject {
	return widget.Row(theme.Grid, widget.Label(text.T(key)), widget.Spacer(), widget.NewBadge(keys, theme.Muted))
}
