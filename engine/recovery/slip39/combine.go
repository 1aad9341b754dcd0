package slip39

import (
	"crypto/subtle"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Combine joins shares of one set, in any order, and gives the secret back. More than are needed are welcome: then all have to
// agree. passphrase is what the set was made with, empty for what Split makes; a wrong one gives another secret, and nothing
// tells. The shares stay the caller's. Errors, whose subject is the number of a share, from 1, in the order given: ShareForeign
// (not of the first one's set), ShareRepeated, ShareAltered (the others agree without it); and ShareMissing with how many are
// still needed, at least; ShareMismatch, when they do not agree and there is no telling which is wrong; WorkFactor; Locked (one is closed).
func Combine(shares []*Share, passphrase []byte) (*secret.Buffer, error) {
	if err := check(shares); err != nil {
		return nil, err
	}
	if n := Missing(shares); n > 0 {
		return nil, numbered(fault.ShareMissing, n)
	}
	set := shares[0].Set
	if set.Exponent > exponentMax {
		return nil, fault.New(fault.WorkFactor, "", nil)
	}
	master := secret.New(set.Size)
	var err error
	secret.Do(func() {
		if err = join(master.Bytes(), shares); err == nil {
			set.decrypt(master.Bytes(), passphrase)
		}
	})
	if err != nil {
		master.Destroy()
		return nil, err
	}
	return master, nil
}

// check says what is wrong with a share without looking at values, other than whether two are the same.
func check(shares []*Share) error {
	for i, s := range shares {
		if s.value.Bytes() == nil {
			return fault.New(fault.Locked, "", nil)
		}
		if s.Set != shares[0].Set {
			return numbered(fault.ShareForeign, i+1)
		}
		for _, before := range shares[:i] {
			switch {
			case before.Group != s.Group:
			case before.Need != s.Need:
				return numbered(fault.ShareForeign, i+1)
			case before.Equal(s):
				return numbered(fault.ShareRepeated, i+1)
			case before.Index == s.Index:
				return fault.New(fault.ShareMismatch, "", nil)
			}
		}
	}
	return nil
}

// Missing is how many more shares of the set of the first one are needed, at least: of a group of which there is no share
// yet, nothing is known. 1 when there are none. Each share is to be there once.
func Missing(shares []*Share) int {
	if len(shares) == 0 {
		return 1
	}
	lacking := make([]int, 0, sharesMax)
	for _, group := range groups(shares) {
		lacking = append(lacking, max(0, group[0].Need-len(group)))
	}
	for len(lacking) < shares[0].Groups {
		lacking = append(lacking, 1)
	}
	slices.Sort(lacking)
	missing := 0
	for _, n := range lacking[:shares[0].GroupsNeed] {
		missing += n
	}
	return missing
}

// groups parts shares of one set by group.
func groups(shares []*Share) (list [][]*Share) {
	for number := range sharesMax {
		var group []*Share
		for _, s := range shares {
			if s.Set == shares[0].Set && s.Group == number {
				group = append(group, s)
			}
		}
		if group != nil {
			list = append(list, group)
		}
	}
	return list
}

// join sets dst to what was split, encrypted as it is. Runs inside secret.Do.
func join(dst []byte, shares []*Share) error {
	var values []point
	for _, group := range groups(shares) {
		if len(group) < group[0].Need {
			continue // others are enough
		}
		var points []point
		for _, s := range group {
			points = append(points, point{x: byte(s.Index), y: s.value.Bytes(), at: slices.Index(shares, s) + 1})
		}
		value := make([]byte, len(dst))
		defer secret.Wipe(value)
		if err := recoverFrom(value, points, group[0].Need); err != nil {
			return err
		}
		values = append(values, point{x: byte(group[0].Group), y: value, at: points[0].at})
	}
	return recoverFrom(dst, values, shares[0].GroupsNeed)
}

// recoverFrom sets dst to the secret that need of the points determine. Of more, all have to be on its polynomials.
func recoverFrom(dst []byte, points []point, need int) error {
	if need == 1 {
		return same(dst, points)
	}
	digest := make([]byte, len(dst))
	defer secret.Wipe(digest)
	for some := range subsets(points, need) {
		interpolate(dst, secretIndex, some)
		interpolate(digest, digestIndex, some)
		if subtle.ConstantTimeCompare(digest[:digestSize], digestOf(dst, digest[digestSize:])) != 1 {
			continue
		}
		for _, p := range points {
			interpolate(digest, p.x, some)
			if subtle.ConstantTimeCompare(digest, p.y) != 1 {
				return numbered(fault.ShareAltered, p.at)
			}
		}
		return nil
	}
	return fault.New(fault.ShareMismatch, "", nil)
}

// same is recoverFrom where one point is enough: it is the secret, and has no digest.
func same(dst []byte, points []point) error {
	copy(dst, points[0].y)
	for _, p := range points {
		if subtle.ConstantTimeCompare(dst, p.y) != 1 {
			return fault.New(fault.ShareMismatch, "", nil)
		}
	}
	return nil
}

// subsets yields every choice of n points.
func subsets(points []point, n int) func(yield func([]point) bool) {
	return func(yield func([]point) bool) {
		var choose func(chosen, rest []point) bool
		choose = func(chosen, rest []point) bool {
			if len(chosen) == n {
				return yield(chosen)
			}
			for i, p := range rest {
				if len(rest)-i < n-len(chosen) {
					break
				}
				if !choose(append(chosen[:len(chosen):len(chosen)], p), rest[i+1:]) {
					return false
				}
			}
			return true
		}
		choose(nil, points)
	}
}
