package keys

import (
	"fyne.io/fyne/v2"

	"cryptodesk/engine"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// agentNote says, with the sentence of that key, what it means that a contact
// is the recovery agent; nil for anybody else.
func agentNote(eng Verifier, id, key string) fyne.CanvasObject {
	a, ok := agentIs(eng, id)
	if !ok {
		return nil
	}
	return widget.Note(theme.Warning, text.T(key, "name", text.Name(a.Name)))
}

func agentIs(eng Verifier, id string) (engine.Agent, bool) {
	a, set := eng.Agent()
	return a, set && a.ID == id
}
