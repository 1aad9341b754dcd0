package keys

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// item is one own key pair or one contact, ready to be shown and searched:
// what costs time is done once, away from the UI goroutine.
type item struct {
	id      string
	own     bool
	key     identity.Public  // when own
	contact identity.Contact // when not
	name    string           // safe to show
	line    string           // kind, since when, last used
	used    time.Time        // zero when not known
	groups  []string         // names of a contact's groups
	hay     string           // what a search looks into
}

// holdings is what the keyring holds, in the order of the lists.
type holdings struct{ mine, people []item }

// load asks the engine. Any goroutine.
func load(eng Engine) holdings {
	var h holdings
	used, member := eng.LastUsed(), membership(eng.Groups())
	for _, k := range eng.Keys() {
		it := item{id: k.ID, own: true, key: k, used: used[k.ID]}
		h.mine = append(h.mine, it.described(k.Name, k.Kind, "keys.created", k.Created, k.Fingerprint))
	}
	for _, c := range eng.Contacts() {
		it := item{id: c.ID(), contact: c}
		it.used, it.groups = used[it.id], member[it.id]
		h.people = append(h.people, it.described(c.Name, c.Recipient.Kind, "keys.added", c.Added, c.Recipient.Fingerprint()))
	}
	// What needs a decision comes first; otherwise the engine's order, by name.
	slices.SortStableFunc(h.people, func(a, b item) int { return rank(a) - rank(b) })
	return h
}

func rank(it item) int {
	if it.contact.Changed() {
		return 0
	}
	return 1
}

// membership is the names of the groups of each contact.
func membership(groups []keyring.Group) map[string][]string {
	of := map[string][]string{}
	for _, g := range groups {
		for _, id := range g.Members {
			of[id] = append(of[id], text.Name(g.Name))
		}
	}
	return of
}

// described fills in the words. since is the key of a sentence with a date.
func (it item) described(name string, kind identity.Kind, since string, at time.Time, fingerprint string) item {
	it.name = text.Name(name)
	parts := []string{KindName(kind)}
	if !at.IsZero() {
		parts = append(parts, text.T(since, "date", text.Date(at)))
	}
	if !it.used.IsZero() {
		parts = append(parts, text.T("keys.used", "date", text.Date(it.used)))
	}
	it.line = strings.Join(parts, " · ")
	it.hay = strings.ToLower(strings.Join(append([]string{name, parts[0], fingerprint, string(kind)}, it.groups...), "\n"))
	return it
}

// same says whether two states of one item look alike.
func (it item) same(other item) bool {
	return it.id == other.id && it.name == other.name && it.line == other.line &&
		it.contact.Verified == other.contact.Verified && it.contact.Changed() == other.contact.Changed() &&
		slices.Equal(it.groups, other.groups)
}

// face is the icon of an item and its colours.
func (it item) face() (icon string, tone, soft fyne.ThemeColorName) {
	switch {
	case it.own:
		return "key", theme.Accent, theme.AccentSoft
	case it.contact.Changed():
		return "warning", theme.Danger, theme.DangerSoft
	}
	return "person", theme.Muted, theme.NeutralSoft
}

// matching are the items in which every word of a search is found.
func matching(items []item, search string) []item {
	words := strings.Fields(strings.ToLower(search))
	if len(words) == 0 {
		return items
	}
	var found []item
	for _, it := range items {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(it.hay, w) }) {
			found = append(found, it)
		}
	}
	return found
}

// find is the item of an ID.
func (h holdings) find(own bool, id string) (item, bool) {
	items := h.people
	if own {
		items = h.mine
	}
	i := slices.IndexFunc(items, func(it item) bool { return it.id == id })
	if i < 0 {
		return item{}, false
	}
	return items[i], true
}

// KindName says in words what kind of key somebody has.
func KindName(k identity.Kind) string {
	switch k {
	case identity.SSHEd25519, identity.SSHRSA:
		return text.T("keys.kind.ssh")
	case identity.Tag, identity.TagPQ:
		return text.T("keys.kind.device")
	case identity.Plugin:
		return text.T("keys.kind.plugin")
	case identity.Hybrid:
		return text.T("keys.kind.postQuantum")
	}
	return text.T("keys.kind.classic")
}
