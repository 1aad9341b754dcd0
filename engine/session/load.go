package session

// load reads what the session before left, and readies a new one. Without
// notes this session has no state; problem is for the person in either case.
func (d *disk) load(derive deriver) (n *notes, problem error) {
	if d.none.Load() {
		return nil, nil
	}
	if err := d.hold(); err != nil {
		return nil, err
	}
	d.settled()
	d.turn.Lock()
	defer d.turn.Unlock()
	old, err := newOpener(derive)
	if err != nil {
		return nil, err
	}
	defer old.destroy()
	found, refused, err := d.examine(old)
	if err == nil && refused != nil {
		err = d.putAside()
	}
	if err != nil {
		return nil, err // what cannot be read is not overwritten either
	}
	keys, err := newStateKeys(derive)
	if err != nil {
		return nil, err
	}
	n = &notes{disk: d, derive: derive, keys: keys, sections: found.sections, seq: found.seq}
	if n.sections == nil {
		n.sections = make(map[string][]byte)
	}
	d.mu.Lock()
	d.known, d.there, d.told = true, []entry{found.entry}, found.marked
	d.mu.Unlock()
	if problem = d.toldNow(); refused != nil {
		problem = refused
	}
	return n, problem
}

// found is what lies on disk and may be used.
type found struct {
	entry    entry // zero if nothing does
	seq      uint64
	marked   int
	sections map[string][]byte
}

// examine says what is there: something to use, something to refuse, or, as
// err, something that could not even be read.
func (d *disk) examine(old *opener) (f found, refused, err error) {
	raw, err := read(d.path, int64(maxState))
	if err != nil && err != errDamaged {
		return f, nil, err
	}
	if err == errDamaged {
		return d.refuse(f, err)
	}
	mark, err := read(d.markPath(), int64(maxMark))
	if err != nil && err != errDamaged {
		return f, nil, err
	}
	var marks []entry
	if err == nil && mark != nil {
		marks, err = old.marks(mark)
	}
	f.seq = newest(marks)
	var is entry
	var sections map[string][]byte
	if raw != nil {
		digest := digestOf(raw)
		var bad error
		if is.seq, sections, bad = old.state(raw); bad != nil {
			return d.refuse(f, bad)
		}
		is.digest = digest
	}
	d.mu.Lock()
	known, there := d.known, d.there
	d.mu.Unlock()
	switch {
	case known && !may(there, is):
		err = errOld
	case err != nil: // the mark's
	case mark == nil && raw == nil:
	case !may(marks, is):
		err = errOld
	}
	if err != nil {
		wipeAll(sections)
		return d.refuse(f, err)
	}
	return found{entry: is, seq: max(f.seq, is.seq), marked: len(marks), sections: sections}, nil, nil
}

// refuse tells what is wrong with the files from what kept us from looking, as
// a lock does.
func (d *disk) refuse(f found, err error) (found, error, error) {
	switch err {
	case errDamaged, errOld, errTooNew, errForeign:
		return f, problemOf(d.path, err), nil
	}
	return f, nil, problemOf(d.path, err)
}
