package recovery

import (
	"encoding/json"
	"slices"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Kind is a sort of way back.
type Kind string

const (
	BackupWay  Kind = "backup"  // a file with a passphrase
	SheetWay   Kind = "sheet"   // a printed page with one key
	SharesWay  Kind = "shares"  // some of several people together have one key
	DepositWay Kind = "deposit" // somebody keeps the keyring
	AgentWay   Kind = "agent"   // somebody can open everything encrypted since; brings files back, never keys
)

// Kinds returns all of them, for the translations to cover.
func Kinds() []Kind { return []Kind{BackupWay, SheetWay, SharesWay, DepositWay, AgentWay} }

// BringsKeys says whether a way brings back keys. The others only open files,
// and only those that were made since.
func (k Kind) BringsKeys() bool { return k != AgentWay }

// Way is what is known of a way back that was made: facts, kept in the keyring,
// none of them secret. What it is worth follows from them, see Look.
type Way struct {
	ID   string
	Kind Kind
	Made time.Time // UTC, whole seconds
	Keys []string  // IDs of the key pairs that it has
	Need int       // of a share set: how many of them are needed
	Of   int       // and how many were made
	To   string    // ID of the contact who has it: a depositary, an agent
	Mark string    // how a piece of it is recognised: MarkOf a file, the number of a share set

	// SamePassphrase says that it is a file under the keyring's own
	// passphrase: nothing worth to somebody who forgot that.
	SamePassphrase bool

	Rehearsed time.Time // when it was last tried; zero for never
	Passed    bool      // whether that brought back all of Keys that there still were

	more map[string]json.RawMessage // of a later version
}

// wayRecord is a way in the file.
type wayRecord struct {
	ID             string    `json:"id"`
	Kind           Kind      `json:"kind"`
	Made           time.Time `json:"made"`
	Keys           []string  `json:"keys"`
	Need           int       `json:"need,omitempty"`
	Of             int       `json:"of,omitempty"`
	To             string    `json:"to,omitempty"`
	Mark           string    `json:"mark,omitempty"`
	SamePassphrase bool      `json:"samePassphrase,omitempty"`
	Rehearsed      time.Time `json:"rehearsed,omitzero"`
	Passed         bool      `json:"passed,omitempty"`
}

var wayFields = []string{"id", "kind", "made", "keys", "need", "of", "to", "mark", "samePassphrase", "rehearsed", "passed"}

// NewWay is a way that was made now.
func NewWay(kind Kind, keys []string, now time.Time) Way {
	var id [8]byte
	secret.Random(id[:])
	return Way{ID: hexOf(id[:]), Kind: kind, Made: whole(now), Keys: slices.Clone(keys)}
}

func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// maxKeys is how many keys one record names, so that its line stays short.
const maxKeys = 1_000

// records is the way as the keyring keeps it.
func (w Way) records() (list []string, err error) {
	part := w
	for keys := range slices.Chunk(w.Keys, maxKeys) {
		part.Keys = keys
		r, err := part.record()
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		r, err := part.record()
		return []string{r}, err
	}
	return list, nil
}

func (w Way) record() (string, error) {
	fields := make(map[string]json.RawMessage)
	for name, v := range w.more {
		fields[name] = v
	}
	known, err := json.Marshal(wayRecord{w.ID, w.Kind, w.Made, append([]string{}, w.Keys...), w.Need, w.Of, w.To, w.Mark, w.SamePassphrase, w.Rehearsed, w.Passed})
	if err == nil {
		err = json.Unmarshal(known, &fields)
	}
	var text []byte
	if err == nil {
		text, err = json.Marshal(fields)
	}
	if err != nil {
		return "", fault.New(fault.Internal, "", err)
	}
	return string(text), nil
}

// readWay is record's reverse; false for what is no way of this version.
func readWay(record string) (Way, bool) {
	var in wayRecord
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(record), &in) != nil || json.Unmarshal([]byte(record), &fields) != nil {
		return Way{}, false
	}
	if in.ID == "" || !slices.Contains(Kinds(), in.Kind) {
		return Way{}, false
	}
	for _, name := range wayFields {
		delete(fields, name)
	}
	return Way{in.ID, in.Kind, whole(in.Made), in.Keys, in.Need, in.Of, in.To, in.Mark, in.SamePassphrase, whole(in.Rehearsed), in.Passed, fields}, true
}

// ReadWays are the ways among records, in their order. One with very many keys
// is several records with the same ID.
func ReadWays(records []string) []Way {
	var ways []Way
	at := make(map[string]int)
	for _, r := range records {
		w, ok := readWay(r)
		if !ok {
			continue
		}
		if i, known := at[w.ID]; known {
			ways[i].Keys = append(ways[i].Keys, w.Keys...)
			continue
		}
		at[w.ID] = len(ways)
		ways = append(ways, w)
	}
	return ways
}

// maxWays bounds how many are kept: the latest.
const maxWays = 100

// Note puts w among records: in the place of the one with its ID, or at the
// end. Records that are none of ours stay, and so does every older way, which
// still exists; beyond a hundred the oldest go.
func Note(records []string, w Way) ([]string, error) {
	fresh, err := w.records()
	if err != nil {
		return nil, err
	}
	is := func(id string) func(string) bool {
		return func(r string) bool {
			old, ok := readWay(r)
			return ok && old.ID == id
		}
	}
	at := slices.IndexFunc(records, is(w.ID))
	records = slices.DeleteFunc(records, is(w.ID))
	if at < 0 {
		at = len(records)
	}
	records = slices.Insert(records, at, fresh...)
	for ways := ReadWays(records); len(ways) > maxWays; ways = ways[1:] {
		records = slices.DeleteFunc(records, is(ways[0].ID))
	}
	return records, nil
}
