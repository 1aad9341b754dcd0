package recovery

import (
	"slices"
	"strconv"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/slip39"
)

// judgeShares puts shares together, set by set, and says of each share what is
// wrong with it among the others.
func (r *Restore) judgeShares() {
	var closest []*piece // of the sets that are not complete, the one that lacks least
	lacks := 0
	sets := r.sets()
	for _, set := range sets {
		set = unrepeated(set)
		good := r.join(set)
		n := slip39.Missing(shares(good))
		for _, p := range good {
			p.Have = len(good)
		}
		if n > 0 && (closest == nil || n < lacks) {
			closest, lacks = good, n
		}
	}
	for _, set := range sets {
		for _, p := range set {
			open := p.Problem == nil && !p.used
			if open && (len(r.joined) > 0 || !slices.Contains(closest, p)) {
				p.Problem = fault.New(fault.ShareForeign, p.label(), nil)
			}
		}
	}
}

// sets are the shares by the set they belong to, in the order they came.
func (r *Restore) sets() (list [][]*piece) {
	for _, p := range r.pieces {
		if p.share == nil {
			continue
		}
		at := slices.IndexFunc(list, func(set []*piece) bool { return set[0].share.Set == p.share.Set })
		if at < 0 {
			list = append(list, nil)
			at = len(list) - 1
		}
		list[at] = append(list[at], p)
	}
	return list
}

// unrepeated marks and leaves out what is there twice.
func unrepeated(set []*piece) (once []*piece) {
	for _, p := range set {
		if slices.ContainsFunc(once, func(o *piece) bool { return o.share.Equal(p.share) }) {
			p.Problem = fault.New(fault.ShareRepeated, p.label(), nil)
			continue
		}
		once = append(once, p)
	}
	return once
}

func shares(set []*piece) (list []*slip39.Share) {
	for _, p := range set {
		list = append(list, p.share)
	}
	return list
}

// join adds the key that a set comes to, if there are enough shares. It answers
// those that are not wrong.
func (r *Restore) join(set []*piece) (good []*piece) {
	good = set
	for {
		if at := slices.IndexFunc(r.before, func(j joined) bool { return slices.Equal(j.of, good) }); at >= 0 {
			key := r.before[at].key // it costs milliseconds, or seconds if a set was made so
			r.before = slices.Delete(r.before, at, at+1)
			r.judgeKey(key, good)
			return good
		}
		root, err := slip39.Combine(shares(good), nil)
		if err == nil {
			defer root.Destroy()
			key, err := keyOf(root.Bytes(), good)
			if err != nil {
				refuse(good, fault.Of(err))
				return good
			}
			r.judgeKey(key, good)
			return good
		}
		kind, at := fault.Of(err), -1
		if n, bad := strconv.Atoi(fault.As(err).Subject); bad == nil {
			at = n - 1
		}
		switch kind {
		case fault.ShareMissing:
			return good
		case fault.ShareForeign, fault.ShareRepeated, fault.ShareAltered:
			if at >= 0 && at < len(good) {
				good[at].Problem = fault.New(kind, good[at].label(), nil)
				good = slices.Delete(slices.Clone(good), at, at+1)
				continue
			}
		}
		refuse(good, kind)
		return good
	}
}

func refuse(set []*piece, kind fault.Kind) {
	for _, p := range set {
		p.Problem = fault.New(kind, p.label(), nil)
	}
}

// judgeKey takes over a key that shares came to, if it is the one they, and
// whoever waits for it, speak of.
func (r *Restore) judgeKey(key *identity.KeyPair, of []*piece) {
	wrong := false
	for _, p := range of {
		if p.Problem = r.wrongKey(p, []*identity.KeyPair{key}); p.Problem != nil {
			wrong = true
		}
	}
	if wrong {
		key.Destroy()
		return
	}
	for _, p := range of {
		p.used, p.Keys = true, []identity.Public{key.Public()}
	}
	r.joined = append(r.joined, joined{key, of})
}

// keyOf is the key pair of a root, with the name that its pieces say.
func keyOf(root []byte, of []*piece) (*identity.KeyPair, error) {
	j := joined{of: of}
	name := j.owner()
	if name == "" {
		name = "key"
	}
	key, err := identity.FromRoot(root, name)
	if err == nil && j.owner() == "" {
		err = key.Rename(unnamed(key.Public()))
	}
	return key, err
}

// owner is whose key the pieces say it is.
func (j joined) owner() string {
	for _, p := range j.of {
		if p.Owner != "" {
			return p.Owner
		}
	}
	return ""
}

// missing are the sets that lack shares.
func (r *Restore) missing() (list []Missing) {
	for _, set := range r.sets() {
		good := slices.DeleteFunc(slices.Clone(set), func(p *piece) bool { return p.Problem != nil || p.used })
		if len(good) > 0 {
			list = append(list, Missing{joined{of: good}.owner(), len(good), len(good) + slip39.Missing(shares(good))})
		}
	}
	return list
}

// samePrint compares fingerprints as people write them.
func samePrint(a, b string) bool {
	bare := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	return bare(a) == bare(b)
}
