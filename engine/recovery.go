package engine

import (
	"context"
	"strconv"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// Recovery says which ways back there are and what they are worth, from what is
// noted in the keyring. Cheap. The zero Status while locked.
func (e *Engine) Recovery() recovery.Status {
	ring, err := e.session.Keyring()
	if err != nil {
		return recovery.Status{}
	}
	ways := recovery.ReadWays(ring.Records(keyring.WayTag))
	if a, ok := ring.Agent(); ok {
		ways = append(ways, recovery.Way{ID: string(recovery.AgentWay), Kind: recovery.AgentWay, Made: a.Since, To: a.To})
	}
	return recovery.Look(ways, e.Keys(), e.now())
}

// MakeBackup writes everything, or the own key pair with the ID key alone if it
// is not empty, to path, which must be free: a file that opens with pass, and
// was opened from disk when the answer is nil. pass is taken over. Takes three
// seconds. Errors: KeyMissing, NeedPassphrase, Exists, DiskError, Locked,
// Cancelled, and those of writing; if only noting it failed, the file is there
// and whole.
func (e *Engine) MakeBackup(ctx context.Context, path string, pass *secret.Buffer, key string) error {
	defer secret.Settle()
	defer pass.Destroy()
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return err
	}
	keys := e.keyIDs()
	if key != "" {
		k, err := e.keyPair(key)
		if err != nil {
			return err
		}
		keys = []string{k.Public().ID}
	}
	same := false
	switch err := ring.Check(ctx, pass); fault.Of(err) {
	case "":
		same = true
	case fault.WrongPassphrase:
	default:
		return err
	}
	if err := ring.Backup(ctx, path, pass, key); err != nil {
		return err
	}
	return e.noteBackup(path, keys, same)
}

// MakeSheet writes the recovery sheet of the own key pair with the ID key to
// path, which must be free, and notes it once the key was read back from the
// file. The sheet answered asks two of its words back, which counts as a
// rehearsal; the caller closes it. Errors: KeyMissing, BadIdentity (only
// post-quantum key pairs have one), Exists, DiskError, Locked, Cancelled, and
// those of writing.
func (e *Engine) MakeSheet(ctx context.Context, key, path string, words recovery.Labels) (*recovery.Sheet, error) {
	k, err := e.keyPair(key)
	if err != nil {
		return nil, err
	}
	sheet, err := recovery.WriteSheet(ctx, e.store, k, path, words, e.now())
	if err != nil {
		return nil, err
	}
	if err := e.noteWay(sheet.Way); err != nil {
		sheet.Close()
		return nil, err
	}
	sheet.OnAsked(func() {
		e.noting.Add(1)
		go func() { // it waits for the disk, and who typed the word must not
			defer secret.Guard()
			defer e.noting.Done()
			w := sheet.Way
			w.Rehearsed, w.Passed = e.now(), true
			_ = e.noteWay(w) // locked meanwhile: it stays a sheet that nobody tried
		}()
	})
	return sheet, nil
}

// MakeShares writes a page and a text file for each of of shares of the own key
// pair with the ID key into dir, any need of which bring it back, and notes the
// set once all of them were read back. It answers the files. Errors:
// KeyMissing, BadIdentity (only post-quantum key pairs can be shared),
// SharePlan, DiskError, Locked, Cancelled, and those of writing; then none of
// the files is left.
func (e *Engine) MakeShares(ctx context.Context, key string, need, of int, dir string, words recovery.Labels) ([]string, error) {
	k, err := e.keyPair(key)
	if err != nil {
		return nil, err
	}
	if need == 1 {
		return nil, fault.New(fault.SharePlan, "1/"+strconv.Itoa(of), nil) // that is a sheet
	}
	kit, err := recovery.WriteShares(ctx, e.store, k, need, of, dir, words, e.now())
	if err != nil {
		return nil, err
	}
	return kit.Paths, e.noteWay(kit.Way)
}

// noteBackup notes that there is a backup at path.
func (e *Engine) noteBackup(path string, keys []string, samePassphrase bool) error {
	w := recovery.NewWay(recovery.BackupWay, keys, e.now())
	w.SamePassphrase = samePassphrase
	var err error
	if w.Mark, err = recovery.MarkOfFile(path); err != nil {
		return err
	}
	return e.noteWay(w)
}

// noteDeposit notes that to was given what is at path.
func (e *Engine) noteDeposit(path string, to identity.Contact) error {
	w := recovery.NewWay(recovery.DepositWay, e.keyIDs(), e.now())
	w.To = to.ID()
	var err error
	if w.Mark, err = recovery.MarkOfFile(path); err != nil {
		return err
	}
	return e.noteWay(w)
}

// noteWay notes a way that was made, or what is new about it, in the keyring.
func (e *Engine) noteWay(w recovery.Way) error {
	return e.change(func(ring *keyring.Keyring) error {
		return ring.ChangeRecords(keyring.WayTag, func(records []string) ([]string, error) { return recovery.Note(records, w) })
	})
}

func (e *Engine) keyIDs() (ids []string) {
	for _, k := range e.Keys() {
		ids = append(ids, k.ID)
	}
	return ids
}

// NewRestore is an empty desk for what somebody still has; it works in any
// state. The caller closes it; a lock does, too.
func (e *Engine) NewRestore() *recovery.Restore {
	r := recovery.NewRestore(e.session.Keyring, e.now)
	e.restores.add(r)
	return r
}

// Restore brings back what r came to. Merge takes into the unlocked keyring
// what it does not have. Replace works in any state: a new keyring under the
// passphrase fresh is written and opened from disk before the one there, if
// any, is put aside (keyring.age.DATE.aside) and the session is unlocked with
// the new one; owner is whose it is, or empty to leave that. Until then nothing
// is touched; a kill at any instant leaves the old one or the new one. fresh is
// taken over; r stays the caller's. Errors: ShareMissing, NoPiece or whatever
// is wrong with the pieces, NeedPassphrase (Replace with none), Locked,
// Cancelled, DiskError, TooMany, and those of writing.
func (e *Engine) Restore(ctx context.Context, r *recovery.Restore, how recovery.How, owner string, fresh *secret.Buffer) error {
	defer secret.Settle()
	content, err := r.Content(owner)
	if err != nil {
		fresh.Destroy()
		return err
	}
	if how == recovery.Merge {
		fresh.Destroy()
		err = e.change(func(ring *keyring.Keyring) error { return ring.Merge(content) })
		content.Destroy()
	} else {
		err = e.replace(ctx, r, content, owner, fresh)
	}
	if err != nil {
		return err
	}
	// The keys are back, whether or not that can be noted as well.
	_ = e.change(func(ring *keyring.Keyring) error { return r.NoteRestored(ring, e.now()) })
	return nil
}

// replace takes content and fresh over.
func (e *Engine) replace(ctx context.Context, r *recovery.Restore, content *keyring.Content, owner string, fresh *secret.Buffer) error {
	forget := func() {
		fresh.Destroy()
		content.Destroy()
	}
	if fresh.Len() == 0 {
		forget()
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	return e.session.Restore(ctx, owner, func() (session.Replacement, error) {
		next, err := keyring.Replace(ctx, e.store, e.session.KeyringPath(), fresh, content)
		if err != nil {
			return nil, err
		}
		r.Compare(fresh)
		return next, nil
	}, forget)
}

// Rehearse finds out whether what lies on r would bring the present keys back,
// and notes it with the date. See recovery.Restore.Rehearse. Errors: its, and
// Locked.
func (e *Engine) Rehearse(ctx context.Context, r *recovery.Restore) (out recovery.Rehearsal, err error) {
	err = e.change(func(ring *keyring.Keyring) error {
		out, err = r.Rehearse(ctx, ring, e.now())
		return err
	})
	return out, err
}

// now is the time, which tests set.
func (e *Engine) now() time.Time {
	if e.clock != nil {
		return e.clock()
	}
	return time.Now()
}

// desks are the restores under way, and keys made to be written and not kept:
// what lies on them goes with a lock.
type desks struct {
	mu  sync.Mutex
	all []desk
}

// desk is a *recovery.Restore or an *OfflineKey.
type desk interface {
	Close()
	Closed() bool
}

func (d *desks) add(r desk) {
	d.mu.Lock()
	defer d.mu.Unlock()
	open := d.all[:0]
	for _, o := range d.all {
		if !o.Closed() {
			open = append(open, o)
		}
	}
	clear(d.all[len(open):])
	d.all = append(open, r)
}

func (d *desks) close() {
	d.mu.Lock()
	all := d.all
	d.all = nil
	d.mu.Unlock()
	for _, r := range all {
		r.Close()
	}
}
