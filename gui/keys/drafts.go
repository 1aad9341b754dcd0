package keys

import "cryptodesk/gui/widget"

// draftsSection of the sealed session state holds what somebody had typed and
// not sent when the program locked, by the field's name. Never a secret.
const draftsSection = "drafts"

// drafts is the sealed session state.
type drafts interface {
	Remember(section string, v any)
	Recall(section string, v any) bool
}

// drafted fills a field with what was typed into it before the lock, and keeps
// what is typed from now on. The answer forgets it: when it was sent, or the
// person gave it up. It keeps OnChanged, so set that before.
func drafted(d drafts, id string, f *widget.Field) (forget func()) {
	if typed := recallDrafts(d)[id]; typed != "" && f.Text == "" {
		f.SetText(typed)
		f.CursorColumn = len([]rune(typed))
	}
	changed := f.OnChanged
	f.OnChanged = func(s string) {
		keepDraft(d, id, s)
		if changed != nil {
			changed(s)
		}
	}
	return func() { keepDraft(d, id, "") }
}

func recallDrafts(d drafts) map[string]string {
	all := map[string]string{}
	d.Recall(draftsSection, &all)
	return all
}

func keepDraft(d drafts, id, typed string) {
	all := recallDrafts(d)
	switch {
	case all[id] == typed:
		return
	case typed == "":
		delete(all, id)
	default:
		all[id] = typed
	}
	if len(all) == 0 {
		d.Remember(draftsSection, nil)
		return
	}
	d.Remember(draftsSection, all)
}

// settled forgets a draft when its sheet is closed by the person; the lock
// leaves it.
func settled(s *widget.Sheet, forget func()) func() {
	return func() {
		if !s.Swept() {
			forget()
		}
	}
}
