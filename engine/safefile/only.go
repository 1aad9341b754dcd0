package safefile

import (
	"path/filepath"

	"cryptodesk/engine/fault"
)

// Rename makes name, one path element, what Commit publishes the folder as:
// what it is called may be known only once it is filled. A name that is not one
// element is Commit's to refuse with fault.BadName, one that is too long with
// fault.NameTooLong.
func (d *Dir) Rename(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.name = name
	d.target = sibling(d.target, name)
}

// Only is one file of a Dir, to be published in the folder's place.
type Only struct {
	dir   *Dir
	entry string
}

// Only answers the file called entry inside d. Committing or discarding it
// ends d.
func (d *Dir) Only(entry string) *Only { return &Only{d, entry} }

// Commit makes the file durable and publishes it under the target of its Dir;
// the rest of the Dir goes. Policies and errors as for File.Commit.
func (o *Only) Commit(policy Policy) (final string, err error) {
	d := o.dir
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := checkName(o.entry, d.folder.traits.nameMax); err != nil {
		return "", err
	}
	d.mode = 0o700 // of the folder that goes, which the file must get out of
	if err := d.dress(); err != nil {
		return "", fault.FromOS(d.target, err)
	}
	from := filepath.Join(d.temp, o.entry)
	place := func(name string) error { return d.folder.rename(from, name, false) }
	over := func(name string) error { return d.folder.replace(from, name) }
	name, err := settle(d.name, d.folder.traits.nameMax, policy, splitFile, place, over)
	if err == ErrSkipped {
		return "", err
	}
	if err != nil {
		return "", fault.FromOS(d.target, err)
	}
	d.over = true
	defer d.folder.release()
	final = sibling(d.target, name)
	// What cannot be removed now is the next sweep's.
	_ = removeTree(d.folder.root, d.temp)
	if err := d.folder.flush(); err != nil {
		return final, fault.FromOS(d.target, err)
	}
	return final, nil
}

// Discard removes the Dir and all that is in it.
func (o *Only) Discard() { o.dir.Discard() }
