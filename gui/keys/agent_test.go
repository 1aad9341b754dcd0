package keys

import (
	"testing"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/identity"
)

// What becomes of the recovery agent is said before their contact goes or gets
// another key.
func TestTheAgentsContact(t *testing.T) {
	f := holder()
	f.agent = f.contactID("age1pq1ana")
	s, w := screen(t, f)
	s.tabs.Choose(people)
	s.show(s.rows[1])
	wants(t, w, "Recovery agent", "Since 20 Nov 2026")
	press(t, w, "Delete…")
	wants(t, w, "Ana is your recovery agent. What you encrypt from now on is then open to nobody in that place")
	key(w, fyne.KeyEscape)
	key(w, fyne.KeyEscape)
	s.show(s.rows[2])
	lacks(t, w, "Recovery agent")
}

func TestAnotherKeyOfTheAgent(t *testing.T) {
	changed := person("Ana", "ana").Offer(person("Ana", "new"))
	for agent, says := range map[string]bool{changed.ID(): true, "": false, "another": false} {
		d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}, contacts: []identity.Contact{changed}, agent: agent}}
		s, w := stand(t, d)
		s.resolve(changed)
		if says {
			wants(t, w, "Ana is your recovery agent. Whoever has the new key could open everything")
		} else {
			lacks(t, w, "recovery agent")
		}
	}
}
