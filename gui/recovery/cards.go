package recovery

import (
	"slices"

	"cryptodesk/engine/recovery"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// ways are the cards in the order of the screen. ok is false for one that is
// not there now.
func (s *Screen) ways() []func() (c card, ok bool) {
	return []func() (card, bool){
		s.sheetCard,
		s.backupCard,
		s.sharesCard,
		s.agentCard,
		s.depositCard,
		s.releaseCard,
		s.rehearseCard,
	}
}

func (s *Screen) sheetCard() (card, bool) {
	return s.forSheets(s.made(recovery.SheetWay, card{id: "sheet", icon: "file", open: s.sheet,
		title: text.T("recovery.sheet.title"), about: text.T("recovery.sheet.about"),
		act: text.T("recovery.sheet.make"), again: text.T("recovery.sheet.again")})), true
}

func (s *Screen) backupCard() (card, bool) {
	return s.made(recovery.BackupWay, card{id: "backup", icon: "archive", open: s.backup,
		title: text.T("recovery.backup.title"), about: text.T("recovery.backup.about"),
		act: text.T("recovery.backup.make"), again: text.T("recovery.backup.again")}), true
}

func (s *Screen) sharesCard() (card, bool) {
	return s.forSheets(s.made(recovery.SharesWay, card{id: "shares", icon: "people", open: s.shares,
		title: text.T("recovery.shares.title"), about: text.T("recovery.shares.about"),
		act: text.T("recovery.shares.make"), again: text.T("recovery.shares.again")})), true
}

func (s *Screen) rehearseCard() (card, bool) {
	c := card{id: "rehearse", icon: "again", open: s.rehearse, title: text.T("recovery.rehearse.title"),
		about: text.T("recovery.rehearse.about"), act: text.T("recovery.rehearse.make")}
	switch st := s.status; {
	case st.Back == 0:
		c.note = text.T("recovery.rehearse.first")
	case st.Rehearsed.IsZero():
		c.state, c.tone = text.T("recovery.state.never"), theme.Muted
	case slices.Contains(st.Reminders, recovery.Rehearse):
		c.state, c.tone = text.T("recovery.state.due"), theme.Warning
	default:
		c.state, c.tone = text.Date(st.Rehearsed), theme.OK
	}
	return c, true
}

// made says when the last way of a kind was made, and whether it is enough.
func (s *Screen) made(kind recovery.Kind, c card) card {
	c.state, c.tone = text.T("recovery.state.none"), theme.Muted
	for _, w := range s.status.Ways {
		if w.Kind != kind {
			continue
		}
		c.act = c.again
		c.state, c.tone = text.Date(w.Made), theme.OK
		switch {
		case !w.Rehearsed.IsZero() && !w.Passed:
			c.state, c.tone = text.T("recovery.state.failed"), theme.Danger
		case !w.Helps:
			c.state, c.tone = text.T("recovery.state.same"), theme.Warning
		case len(w.Missing) > 0:
			c.state, c.tone = text.T("recovery.state.part"), theme.Warning
		}
		break
	}
	return c
}

// forSheets says that a way is not for the keys there are.
func (s *Screen) forSheets(c card) card {
	if !slices.ContainsFunc(s.engine.Keys(), onSheet) {
		c.note = text.T("recovery.sheet.classic")
	}
	return c
}
