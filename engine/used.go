package engine

import (
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
)

// usedSection of the sealed state holds when each key and contact was last
// used: it says whom somebody writes to, and it is not worth a write of the
// keyring.
const usedSection = "used"

// LastUsed says when files were last encrypted to, or opened with, the key
// pair or contact of an ID, as far as it is known.
func (e *Engine) LastUsed() map[string]time.Time {
	used := map[string]time.Time{}
	e.Recall(usedSection, &used)
	return used
}

func (e *Engine) usedFor(to []identity.Recipient) {
	ids := make([]string, 0, len(to))
	own := e.Keys()
	for _, r := range to {
		id := r.ID()
		for _, k := range own {
			if k.Recipient == r || k.Classic == r {
				id = k.ID
			}
		}
		ids = append(ids, id)
	}
	e.note(ids)
}

func (e *Engine) usedToOpen(plan *batch.Plan) {
	var ids []string
	for _, it := range plan.Open {
		for _, k := range e.Keys() {
			if it.KeyName != "" && it.KeyName == k.Name {
				ids = append(ids, k.ID)
			}
		}
	}
	e.note(ids)
}

// note writes down that these were used now.
func (e *Engine) note(ids []string) {
	if len(ids) == 0 || !e.Unlocked() {
		return
	}
	used, now := e.LastUsed(), time.Now().UTC().Truncate(time.Second)
	for _, id := range ids {
		used[id] = now
	}
	e.Remember(usedSection, used)
}
