package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/keys"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// security is when it locks, the passphrase, and how well memory is guarded.
func (c *config) security() fyne.CanvasObject {
	w := c.w
	change := widget.SecondaryButton(text.T("settings.passphrase.change"), func() { keys.ChangePassphrase(w.win, w.eng, w.keysDesk(), nil) })
	trace.Place("settings.passphrase", change)
	lines := []fyne.CanvasObject{
		c.locking(),
		line("key", text.T("settings.passphrase"), text.T("settings.passphrase.text"), change),
		memory(w.eng.Protection()),
	}
	for _, warning := range secret.Surroundings() {
		lines = append(lines, warned(warning))
	}
	if w.eng.CanCheckMemory() {
		c.check = newMemoryCheck(w)
		lines = append(lines, c.check.line())
	}
	return rows(lines...)
}

// locking is the choice of when to lock; it has a line of its own below the
// words, because six options are wide.
func (c *config) locking() fyne.CanvasObject {
	options := make([]string, len(autoLocks))
	for i, m := range autoLocks {
		switch m {
		case never:
			options[i] = text.T("settings.lock.never")
		case 60:
			options[i] = text.T("settings.lock.hour")
		default:
			options[i] = text.T("settings.lock.minutes", "n", int(m))
		}
	}
	c.autoLock = widget.NewChoice(options, slices.Index(autoLocks, c.w.settings.AutoLock), func(i int) { c.w.lockAfter(autoLocks[i]) })
	trace.Place("settings.lock", c.autoLock)
	words := widget.Column(2, widget.Strong(text.T("settings.lock")), widget.Muted(text.T("settings.lock.text")))
	mark := container.NewVBox(widget.NewIcon("clock", theme.Muted, 20))
	return container.NewBorder(nil, nil, mark, nil, widget.Pad(0, 14, widget.Column(theme.Grid, words,
		container.NewBorder(nil, nil, c.autoLock, nil))))
}

// lockAfter changes the setting, and the engine's clock with it.
func (w *window) lockAfter(m minutes) {
	w.settings.AutoLock = m
	w.settings.save()
	w.eng.SetIdle(m.limit())
	w.away.anew()
}

// memory says how well secrets are guarded here, in words.
func memory(s secret.Status) fyne.CanvasObject {
	if s.Level == secret.Full {
		return line("shield-check", text.T("settings.memory"), text.T("settings.memory.full.text"),
			widget.NewBadge(text.T("settings.memory.full"), theme.OK))
	}
	sentences := text.T("settings.memory.partial.text")
	for _, r := range s.Reasons {
		sentences += "\n•\u00a0" + text.T("memory."+string(r))
	}
	return line("shield", text.T("settings.memory"), sentences,
		widget.NewBadge(text.T("settings.memory.partial"), theme.Warning))
}

// warned is one thing around the program that can take memory out of its hands.
func warned(w secret.Warning) fyne.CanvasObject {
	icon, tone := "warning", theme.Warning
	sentence := text.T("memory.warning."+string(w.Kind), "where", text.Name(w.Where))
	if w.Held {
		icon, tone = "info", theme.Muted
		sentence += " " + text.T("memory.held")
	}
	return marked(widget.NewIcon(icon, tone, 20), widget.Muted(sentence), nil)
}
