package keyring

import (
	"crypto/rand"
	"encoding/json"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// Agent is the contact who can open everything that is encrypted to keys from
// now on.
type Agent struct {
	To    string    // ID of the contact; nobody's when another program deleted them
	Name  string    // what they were called last, for when they are gone
	Since time.Time // UTC
	Notes []byte    // what the notes of files that are theirs already are kept under; no secret of weight
}

// trusted is an Agent in the file, as JSON in a record.
type trusted struct {
	To    string    `json:"to"`
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Notes []byte    `json:"notes"`
}

const notesSize = 16 // bytes

// Agent is who was set. A record that says nobody is an agent who is nobody's
// contact: to leave them out would be to forget what somebody decided. There is
// one agent; of several records, which no version writes, the first counts.
func (k *Keyring) Agent() (a Agent, set bool) {
	records := k.Records(AgentTag)
	if len(records) == 0 {
		return Agent{}, false
	}
	var in trusted
	if json.Unmarshal([]byte(records[0]), &in) != nil || notAnID(in.To) {
		return Agent{}, true
	}
	a = Agent{To: in.To, Since: date(in.Since), Notes: in.Notes}
	if a.Name, _ = identity.CleanName(in.Name); a.Name == "" {
		a.Name = in.To
	}
	return a, true
}

// SetAgent makes the contact with that ID the agent, in the place of another.
// Errors: NoContact; ContactChanged; AgentIncomplete for somebody who has not
// both a post-quantum and a classic key, because files of the other sort would
// have to leave them out.
func (k *Keyring) SetAgent(id string) error {
	return k.change(func(b *book) error {
		i := b.findContact(id)
		if i < 0 {
			return fault.New(fault.NoContact, "", nil)
		}
		c := b.contacts[i]
		switch {
		case c.Changed():
			return fault.New(fault.ContactChanged, c.Name, nil)
		case !CanBeAgent(c):
			return fault.New(fault.AgentIncomplete, c.Name, nil)
		}
		line, err := json.Marshal(trusted{c.ID(), c.Name, time.Now().UTC().Truncate(time.Second), newNotes()})
		if err != nil {
			return fault.New(fault.Internal, "", err)
		}
		return b.setRecords(AgentTag, []string{string(line)})
	})
}

// ClearAgent leaves nobody the agent.
func (k *Keyring) ClearAgent() error {
	return k.change(func(b *book) error { return b.setRecords(AgentTag, nil) })
}

// CanBeAgent says that c has both sorts of key.
func CanBeAgent(c identity.Contact) bool {
	return c.Recipient.Kind == identity.Hybrid && c.Classic.Kind == identity.X25519
}

// agentFollows keeps the agent who they are when their contact gets another key
// or name, and nobody when the contact is deleted. With another key, no file is
// theirs already. Whatever else is in the record stays.
func (b *book) agentFollows(was identity.Contact, now *identity.Contact) {
	records := append([]string(nil), b.records[AgentTag]...)
	for i, r := range records {
		var fields map[string]json.RawMessage
		var id string
		if json.Unmarshal([]byte(r), &fields) != nil || json.Unmarshal(fields["to"], &id) != nil || id != was.ID() {
			continue
		}
		if now == nil {
			b.records[AgentTag] = append(records[:i], records[i+1:]...)
			return
		}
		values := map[string]any{"to": now.ID(), "name": now.Name}
		if !sameKeys(was, *now) {
			values["notes"] = newNotes()
		}
		for field, value := range values {
			fields[field], _ = json.Marshal(value) // strings and bytes always can
		}
		line, _ := json.Marshal(fields) // and so can what was read
		records[i] = string(line)
		b.records[AgentTag] = records
		return
	}
}

func newNotes() []byte {
	notes := make([]byte, notesSize)
	rand.Read(notes)
	return notes
}
