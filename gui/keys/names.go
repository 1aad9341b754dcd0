package keys

import (
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// nameField is the name that a key or a contact will have.
type nameField struct {
	field *widget.Field
	key   bool // else a contact
	index int  // in Incoming's Keys or Contacts
}

func (s *source) name(key bool, i int) *nameField {
	for _, f := range s.names {
		if f.key == key && f.index == i {
			return f
		}
	}
	return nil
}

// folded is a name as identity.SameName compares it.
func folded(name string) string {
	if clean, err := identity.CleanName(name); err == nil {
		name = clean
	}
	return strings.ToLower(name)
}

// suggestNames gives what is new a name of its own, and fields to change it in
// when there are few.
func (m *importing) suggestNames() {
	m.contacts = m.engine.Contacts()
	m.byName = map[string]identity.Contact{}
	for _, c := range m.contacts {
		m.byName[folded(c.Name)] = c
	}
	mine, theirs := map[string]bool{}, map[string]bool{}
	for _, k := range m.engine.Keys() {
		mine[folded(k.Name)] = true
	}
	few := m.entries() <= mostRenamed
	for _, src := range m.sources {
		src.names = nil
		if src.in == nil || src.taken {
			continue
		}
		for i := range src.in.Keys {
			if k := &src.in.Keys[i]; !k.Known {
				k.Name = free(nameOr(k.Name, src), mine)
				src.rename(few, true, i, k.Name, m)
			}
		}
		for i := range src.in.Contacts {
			if c := &src.in.Contacts[i]; !c.Known {
				// Only among themselves: the name of somebody there already is
				// how a changed key is recognised.
				c.Name = free(nameOr(c.Name, src), theirs)
				src.rename(few, false, i, c.Name, m)
			}
		}
	}
}

// nameOr is the name that something brought along, or that of its file.
func nameOr(name string, src *source) string {
	if name != "" {
		return name
	}
	base := filepath.Base(src.path)
	if name, err := identity.CleanName(strings.TrimSuffix(base, filepath.Ext(base))); err == nil && src.path != "" {
		return name
	}
	return text.T("import.name.suggested")
}

// free is name, with a number behind it if it is taken already; then it is.
func free(name string, taken map[string]bool) string {
	try := name
	for n := 2; taken[folded(try)]; n++ {
		try = name + " " + strconv.Itoa(n)
	}
	taken[folded(try)] = true
	return try
}

func (s *source) rename(few, key bool, i int, name string, m *importing) {
	if !few {
		return
	}
	spoken := text.T("import.name.contact")
	if key {
		spoken = text.T("import.name.key")
	}
	f := &nameField{field: widget.NewField(spoken, ""), key: key, index: i}
	f.field.SetText(name)
	f.field.CursorColumn = len([]rune(name))
	f.field.OnSubmitted = func(string) { m.take() }
	s.names = append(s.names, f)
}

// firstName is where the keyboard goes: to the first name, else the button.
func (m *importing) firstName() fyne.Focusable {
	var first fyne.Focusable
	n := 0
	for _, src := range m.sources {
		for _, f := range src.names {
			if first == nil {
				first = f.field
			}
			trace.Place("import.name."+strconv.Itoa(n), f.field)
			n++
		}
	}
	if n != 1 {
		return m.press
	}
	return first
}

// keepNames notes what was typed.
func (m *importing) keepNames() {
	for _, src := range m.sources {
		for _, f := range src.names {
			if f.key {
				src.in.Keys[f.index].Name = f.field.Text
			} else {
				src.in.Contacts[f.index].Name = f.field.Text
			}
		}
	}
}

// badName finds a name that will not do, so that nothing is begun that would
// stop halfway.
func (m *importing) badName() (*nameField, error) {
	mine, theirs := map[string]bool{}, map[string]bool{}
	for _, k := range m.engine.Keys() {
		mine[folded(k.Name)] = true
	}
	for _, src := range m.sources {
		for _, f := range src.names {
			name, err := identity.CleanName(f.field.Text)
			if err != nil {
				return f, err
			}
			taken := theirs
			if f.key {
				taken = mine
			}
			if taken[folded(name)] {
				return f, fault.New(fault.NameTaken, name, nil)
			}
			taken[folded(name)] = true
		}
	}
	return nil, nil
}
