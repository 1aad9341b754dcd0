package recovery

import (
	"cmp"
	"slices"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
)

// Found is what all pieces come to.
func (r *Restore) Found() Found {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := Found{Missing: r.missing()}
	present := r.present()
	names := r.names(present)
	seen := make(map[string]bool)
	for _, p := range r.keys() {
		public := p.Public()
		if !seen[public.ID] {
			seen[public.ID] = true
			public.Name = cmp.Or(names[public.ID], public.Name)
			f.Keys = append(f.Keys, Key{public, present.has(public)})
		}
	}
	people, groups := make(map[string]bool), make(map[string]bool)
	for _, p := range r.pieces {
		if !p.used || p.content == nil {
			continue
		}
		for _, c := range p.content.Contacts() {
			if known, _ := present.directory.Meet(c); !known {
				people[c.ID()] = true
			}
		}
		for _, g := range p.content.Groups() {
			if name := identity.FoldName(g.Name); !present.groups[name] {
				groups[name] = true
			}
		}
	}
	f.Contacts, f.Groups = len(people), len(groups)
	f.Ready = len(f.Keys) > 0
	return f
}

// keys are all that the pieces bring back, some perhaps more than once.
func (r *Restore) keys() (all []*identity.KeyPair) {
	for _, p := range r.pieces {
		if p.used && p.content != nil {
			all = append(all, p.content.Keys()...)
		}
	}
	for _, j := range r.joined {
		all = append(all, j.key)
	}
	kept, _ := identity.Distinct(all)
	return kept
}

// present is what the keyring that is open has; nothing while none is.
type present struct {
	keys      map[string]bool // IDs, and those of classic halves
	names     map[string]string
	groups    map[string]bool
	directory *keyring.Directory
}

func (r *Restore) present() present {
	p := present{make(map[string]bool), make(map[string]string), make(map[string]bool), &keyring.Directory{}}
	ring, err := r.ring()
	if err != nil {
		return p
	}
	for _, k := range ring.Keys() {
		public := k.Public()
		p.keys[public.ID], p.keys[public.Classic.ID()] = true, true
		p.names[public.ID] = public.Name
	}
	for _, g := range ring.Groups() {
		p.groups[identity.FoldName(g.Name)] = true
	}
	p.directory = ring.Directory()
	return p
}

func (p present) has(k identity.Public) bool { return p.keys[k.ID] }

// shown is the piece, with the names of its keys that others know.
func (p *piece) shown(names map[string]string) Piece {
	out := p.Piece
	out.Keys = slices.Clone(p.Keys)
	for i := range out.Keys {
		out.Keys[i].Name = cmp.Or(names[out.Keys[i].ID], out.Keys[i].Name)
	}
	return out
}

// names are what keys are called, by their IDs: in the present keyring, or else
// in a piece that says it. A code has no name.
func (r *Restore) names(now present) map[string]string {
	names := make(map[string]string)
	for _, p := range r.pieces {
		for _, k := range p.Keys {
			if k.Name != unnamed(k) && names[k.ID] == "" {
				names[k.ID] = k.Name
			}
		}
	}
	for id, name := range now.names {
		names[id] = name
	}
	return names
}
