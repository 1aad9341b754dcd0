package keyring

import (
	"bytes"
	"encoding/json"
	"slices"

	"cryptodesk/engine/fault"
)

// The tags that records may have, in the order of the file.
const (
	WayTag     = "way"     // a way back to one's keys that was made
	AgentTag   = "agent"   // who can open everything from now on
	ReleaseTag = "release" // what was released to whom
)

var recordTags = []string{WayTag, AgentTag, ReleaseTag}

const (
	maxRecords = 1_000    // of one tag
	maxRecord  = 32 << 10 // bytes: age reads no file with a line of 64 KiB
)

// Records are the lines of that tag, JSON objects in the order in which they
// came; nil when closed. What is in them is their readers' business: who adds a
// field of a later version keeps the ones he does not know. Strings are enough
// for them: no record may hold a secret.
func (k *Keyring) Records(tag string) []string {
	b, _, err := k.now()
	if err != nil {
		return nil
	}
	return slices.Clone(b.records[tag])
}

// ChangeRecords replaces the records of that tag by what f makes of them. f
// sees them as they are on disk now, with what another program wrote, and may
// change its copy. Errors: those of f, TooMany, Internal (no such tag, or what
// is no JSON object on one line).
func (k *Keyring) ChangeRecords(tag string, f func([]string) ([]string, error)) error {
	return k.change(func(b *book) error {
		next, err := f(slices.Clone(b.records[tag]))
		if err != nil {
			return err
		}
		return b.setRecords(tag, next)
	})
}

func (b *book) setRecords(tag string, records []string) error {
	switch {
	case len(records) > maxRecords:
		return fault.New(fault.TooMany, "", nil)
	case !slices.Contains(recordTags, tag), slices.ContainsFunc(records, func(r string) bool { return !isRecord([]byte(r)) }):
		return fault.New(fault.Internal, tag, nil)
	}
	if b.records == nil {
		b.records = make(map[string][]string)
	}
	b.records[tag] = slices.Clone(records)
	return nil
}

// isRecord wants exactly what a line of the file gives back.
func isRecord(text []byte) bool {
	return len(text) <= maxRecord && len(text) > 0 && text[0] == '{' && text[len(text)-1] == '}' &&
		!slices.ContainsFunc(text, func(c byte) bool { return c < ' ' }) && json.Valid(text)
}

// record reads a record; a line that is none stays a comment.
func (p *parser) record(line []byte) bool {
	for _, tag := range recordTags {
		text, ok := bytes.CutPrefix(line, []byte(recordLine(tag)))
		if !ok || len(p.records[tag]) == maxRecords || !isRecord(text) {
			continue
		}
		if p.records == nil {
			p.records = make(map[string][]string)
		}
		p.records[tag] = append(p.records[tag], string(text))
		return true
	}
	return false
}

func recordLine(tag string) string { return "# " + tag + ": " }

// records come before everything else, also before comments that look like
// them: those stayed comments because there were too many, and must not take
// the place of others when the file is read again.
func (p *parts) records(b *book) {
	for _, tag := range recordTags {
		for _, r := range b.records[tag] {
			p.public(recordLine(tag) + r + "\n")
		}
	}
}

func sameRecords(a, b map[string][]string) bool {
	return !slices.ContainsFunc(recordTags, func(tag string) bool { return !slices.Equal(a[tag], b[tag]) })
}

// recordID is what names a record among those of its tag, if anything does.
func recordID(record string) string {
	var named struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(record), &named) != nil {
		return ""
	}
	return named.ID
}
