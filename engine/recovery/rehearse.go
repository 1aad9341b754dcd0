package recovery

import (
	"context"
	"slices"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// Rehearse puts the keys together in guarded memory, as a restore would, and
// opens with them a file that was encrypted just now for each key of ring. What
// came of it is noted in ring on the ways that the pieces are of, also that a
// backup turned out to be damaged. Errors: ShareMissing, the problem of the
// pieces when nothing comes back from them, Cancelled, Locked, and those of
// writing.
func (r *Restore) Rehearse(ctx context.Context, ring *keyring.Keyring, now time.Time) (Rehearsal, error) {
	defer secret.Settle()
	content, failed := r.Content("")
	defer content.Destroy()
	var out Rehearsal
	if failed == nil {
		if err := out.probe(ctx, ring.Keys(), content.Keys()); err != nil {
			return Rehearsal{}, err
		}
	}
	var err error
	if out.Ways, err = r.note(ring, out.Opened, now); err != nil {
		return Rehearsal{}, err
	}
	return out, failed
}

// probe opens a file for each of the present keys with those that came back.
// Keys on devices are left out: no piece brings them back.
func (out *Rehearsal) probe(ctx context.Context, present, restored []*identity.KeyPair) error {
	opened, err := identity.Open(restored...)
	if err != nil {
		return err
	}
	defer opened.Close()
	for _, k := range present {
		public := k.Public()
		if public.Kind.Hardware() {
			continue
		}
		switch err := opens(ctx, public, opened.Identities()); fault.Of(err) {
		case "":
			out.Opened = append(out.Opened, public)
		case fault.NoKey:
			out.Missing = append(out.Missing, public)
		default:
			return err
		}
	}
	out.Passed = len(out.Missing) == 0 && len(out.Opened) > 0
	return nil
}

const probeSize = 64 // bytes

// opens encrypts a probe for the key, and for its classic half, and opens it.
func opens(ctx context.Context, key identity.Public, ids []age.Identity) error {
	probe := secret.New(probeSize)
	defer probe.Destroy()
	secret.Random(probe.Bytes())
	for _, r := range []identity.Recipient{key.Recipient, key.Classic} {
		if r.IsZero() {
			continue
		}
		to, err := r.Age(nil)
		if err != nil {
			return err
		}
		file, err := agefile.SealBytes(probe, to)
		if err != nil {
			return err
		}
		back, err := agefile.OpenBytes(ctx, file, ids, probeSize)
		if err != nil {
			return err
		}
		same := back.Equal(probe)
		back.Destroy()
		if !same {
			return fault.New(fault.Internal, key.Name, nil)
		}
	}
	return nil
}

// NoteRestored notes in ring, which took the content in, that keys came back
// from these pieces.
func (r *Restore) NoteRestored(ring *keyring.Keyring, now time.Time) error {
	var keys []identity.Public
	for _, k := range r.Found().Keys {
		keys = append(keys, k.Public)
	}
	if _, err := r.note(ring, keys, now); err != nil {
		return err
	}
	return r.noteReleases(ring, now)
}

// Compare notes which of the backups open with pass, which is to be the
// keyring's and stays the caller's: those are no way back to who forgets it.
// Takes a second for each.
func (r *Restore) Compare(pass *secret.Buffer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := agefile.NewPassphrase(pass.Clone())
	defer id.Destroy()
	for _, p := range r.pieces {
		if !p.used || p.header == nil {
			continue
		}
		key, err := agefile.OpenHeader(p.header, id)
		p.samePassphrase = err == nil
		key.Destroy()
	}
}

// note writes down on the ways that the pieces are of whether they brought back
// what they should have. opened are the present keys that came back.
func (r *Restore) note(ring *keyring.Keyring, opened []identity.Public, now time.Time) (ids []string, err error) {
	present := make(map[string]bool)
	for _, k := range ring.Keys() {
		present[k.Public().ID] = true
	}
	worked := make(map[string]bool)
	for _, k := range opened {
		worked[k.ID] = true
	}
	err = ring.ChangeRecords(keyring.WayTag, func(records []string) ([]string, error) {
		ids = nil
		for _, w := range r.tried(ReadWays(records), worked, now) {
			w.Rehearsed = whole(now)
			w.Passed = !slices.ContainsFunc(w.Keys, func(id string) bool { return present[id] && !worked[id] }) &&
				slices.ContainsFunc(w.Keys, func(id string) bool { return worked[id] })
			var err error
			if records, err = Note(records, w); err != nil {
				return nil, err
			}
			ids = append(ids, w.ID)
		}
		return records, nil
	})
	return ids, err
}

// tried are the ways that the pieces are of. One that nobody noted when it was
// made is new.
func (r *Restore) tried(ways []Way, worked map[string]bool, now time.Time) (list []Way) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pieces {
		w, ok := p.way(ways)
		if !ok && p.used {
			w, ok = p.newWay(worked, now)
		}
		if ok && p.back != nil {
			w.To = r.holder(p)
		}
		if ok && !slices.ContainsFunc(list, func(o Way) bool { return o.ID == w.ID || o.Kind == w.Kind && o.Mark == w.Mark && w.Mark != "" }) {
			list = append(list, w)
		}
	}
	return list
}

// way is the way that p is a piece of. One that cannot be used counts if it is
// damaged: that is what a rehearsal is to find out.
func (p *piece) way(ways []Way) (Way, bool) {
	if !p.used && (p.Problem == nil || p.Problem.Kind.Exit() != fault.Truncated.Exit()) {
		return Way{}, false
	}
	for _, w := range slices.Backward(ways) {
		switch {
		case p.back != nil:
			if w.Kind == DepositWay && w.Made.Equal(p.back.Date) {
				return w, true
			}
		case p.header != nil:
			if w.Mark == markOf(p.header) {
				return w, true
			}
		case p.share != nil:
			if w.Mark == markOfSet(p.share.Set) && w.Kind == p.wayKind() {
				return w, true
			}
		case p.Kind == SheetPiece && w.Kind == SheetWay && len(p.Keys) == 1 && slices.Contains(w.Keys, p.Keys[0].ID):
			return w, true // its code says only which key it is
		}
	}
	return Way{}, false
}

func (p *piece) wayKind() Kind {
	switch p.Kind {
	case BackupPiece:
		return BackupWay
	case SheetPiece:
		return SheetWay
	case SharePiece:
		return SharesWay
	case ReleasePiece:
		return DepositWay // which is where it was, and can be released again
	}
	return ""
}

// newWay is a way that is known only from its piece. What may be a copy of
// something, such as an identity file, is none.
func (p *piece) newWay(worked map[string]bool, now time.Time) (Way, bool) {
	kind := p.wayKind()
	var keys []string
	for _, k := range p.Keys {
		if worked[k.ID] {
			keys = append(keys, k.ID)
		}
	}
	if kind == "" || len(keys) == 0 || kind == BackupWay && p.header == nil {
		return Way{}, false
	}
	w := NewWay(kind, keys, now)
	w.Mark, w.SamePassphrase = markOf(p.header), p.samePassphrase
	if p.back != nil {
		w.Made, w.Mark = p.back.Date, ""
	}
	if p.share != nil {
		w.Mark = markOfSet(p.share.Set)
	}
	if kind == SharesWay {
		w.Need, w.Of = p.Need, max(p.Of, p.Need)
	}
	return w, true
}
