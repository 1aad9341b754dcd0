package escrow

import (
	"encoding/json"
	"slices"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/keyring"
)

// Kind is what an entry of the log tells of.
type Kind string

const (
	Requested Kind = "request"  // one's own request was written
	Refused   Kind = "refused"  // words were typed for somebody's request that are not its code
	Released  Kind = "released" // somebody's deposit was released
	Restored  Kind = "restored" // what was released for one's own request was taken in
)

// Entry is a line of the log. It is kept in the keyring, sealed with it.
type Entry struct {
	Kind      Kind      `json:"kind"`
	Request   string    `json:"request"`            // ID
	Name      string    `json:"name"`               // the other person; of a request, who asks
	At        time.Time `json:"at"`                 // UTC, whole seconds
	Asked     time.Time `json:"asked,omitzero"`     // the request's date
	Deposited time.Time `json:"deposited,omitzero"` // the deposit's date
	Old       string    `json:"old,omitempty"`      // fingerprint of the key that was deposited
	New       string    `json:"new,omitempty"`      // fingerprint of the key that asked
	Wrong     int       `json:"wrong,omitempty"`    // codes that were refused
	Words     []string  `json:"words,omitempty"`    // a request's code, a release's answer
}

// Log lists what was asked for, released and taken in, the latest first; nil
// when ring is closed. What later versions write is left out.
func Log(ring *keyring.Keyring) []Entry {
	entries := read(ring.Records(keyring.ReleaseTag))
	slices.Reverse(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int { return b.At.Compare(a.At) })
	return entries
}

// read reads records; one that is none of this version's is passed over.
func read(records []string) (entries []Entry) {
	for _, r := range records {
		if e, ok := readEntry(r); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

func readEntry(record string) (e Entry, ok bool) {
	if json.Unmarshal([]byte(record), &e) != nil {
		return e, false
	}
	return e, slices.Contains([]Kind{Requested, Refused, Released, Restored}, e.Kind) && e.Request != ""
}

func find(entries []Entry, kind Kind, request string) (Entry, bool) {
	at := slices.IndexFunc(entries, func(e Entry) bool { return e.Kind == kind && e.Request == request })
	if at < 0 {
		return Entry{}, false
	}
	return entries[at], true
}

// crowded is how many records make room for new ones: those of requests that
// are over, and led to nothing, go. The keyring takes 1,000.
const crowded = 900

// note is something that is about to be put into the log of ring.
type note struct {
	ring  *keyring.Keyring
	what  Entry
	check func(entries []Entry) error // nil: nothing to check; asked of what is on disk
}

// write puts the note into the log, in the place of one of the same kind for
// the same request. check may still change it.
func (n *note) write() error {
	return n.ring.ChangeRecords(keyring.ReleaseTag, func(records []string) ([]string, error) {
		if n.check != nil {
			if err := n.check(read(records)); err != nil {
				return nil, err
			}
		}
		n.what.At = n.what.At.UTC().Truncate(time.Second)
		text, err := json.Marshal(n.what)
		if err != nil {
			return nil, fault.New(fault.Internal, "", err)
		}
		return append(n.without(records), string(text)), nil
	})
}

// erase takes it out again.
func (n *note) erase() error {
	return n.ring.ChangeRecords(keyring.ReleaseTag, func(records []string) ([]string, error) { return n.without(records), nil })
}

func (n *note) without(records []string) []string {
	many := len(records) >= crowded
	return slices.DeleteFunc(records, func(r string) bool {
		e, ok := readEntry(r)
		if !ok {
			return false
		}
		same := e.Kind == n.what.Kind && e.Request == n.what.Request
		over := e.Kind == Requested && n.what.At.After(e.At.Add(Patience)) || e.Kind == Refused && n.what.At.After(e.Asked.Add(Valid+Slack))
		return same || many && over
	})
}
