package agefile

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// finish makes the links and gives folders their permissions and times, after
// all files are there.
func (u *unpacker) finish(dst *safefile.Dir) (Extracted, error) {
	got := Extracted{}
	top := u.top()
	if got.Name = top; top != "" && u.seen[top] == tar.TypeDir {
		if err := u.hoist(top); err != nil {
			return got, err
		}
	} else {
		got.File = top != ""
	}
	for _, kind := range []byte{tar.TypeSymlink, tar.TypeLink} {
		for _, l := range u.links {
			if l.kind != kind {
				continue
			}
			if err := u.link(l); err != nil {
				return got, err
			}
		}
	}
	u.unlinkEscapes()
	if err := u.dress(dst); err != nil {
		return got, err
	}
	got.Entries = u.count - len(u.notes)
	got.Notes = u.notes
	return got, nil
}

// top is the only top-level entry, "" if there are several.
func (u *unpacker) top() (top string) {
	for name := range u.seen {
		if name == "." || strings.Contains(name, "/") {
			continue
		}
		if top != "" {
			return ""
		}
		top = name
	}
	return top
}

// hoist makes the one top folder the root itself.
func (u *unpacker) hoist(top string) error {
	aside := "."
	for i := 0; aside == "."; i++ { // a name that nothing in the folder has
		if name := fmt.Sprintf(".up%d", i); u.seen[path.Join(top, name)] == 0 && name != top {
			aside = name
		}
	}
	if err := u.root.Rename(top, aside); err != nil {
		return fault.FromOS(top, err)
	}
	dir, err := u.root.Open(aside)
	if err != nil {
		return fault.FromOS(top, err)
	}
	names, err := dir.Readdirnames(-1)
	dir.Close()
	for _, name := range names {
		if err == nil {
			err = u.root.Rename(path.Join(aside, name), name)
		}
	}
	if err == nil {
		err = u.root.Remove(aside)
	}
	for i := range u.dirs {
		u.dirs[i].name = under(top, u.dirs[i].name)
	}
	for i := range u.links {
		u.links[i].name = under(top, u.links[i].name)
		if l := &u.links[i]; l.kind == tar.TypeLink {
			l.to = under(top, path.Clean(l.to))
		}
	}
	u.seen = lowered(u.seen, top)
	return asFault(top, err)
}

// under is name as seen from the folder top.
func under(top, name string) string {
	if rest, ok := strings.CutPrefix(name, top+"/"); ok {
		return rest
	}
	if name == top {
		return "."
	}
	return path.Join("..", name)
}

func lowered(seen map[string]byte, top string) map[string]byte {
	low := make(map[string]byte, len(seen))
	for name, kind := range seen {
		if name != "." {
			low[under(top, name)] = kind
		}
	}
	return low
}

// link makes a link that does not obviously lead outside.
func (u *unpacker) link(l placed) error {
	if l.kind == tar.TypeLink {
		return u.hardLink(l)
	}
	to := filepath.FromSlash(l.to)
	if l.to == "" || filepath.IsAbs(to) || path.IsAbs(l.to) || !filepath.IsLocal(filepath.Join(filepath.FromSlash(path.Dir(l.name)), to)) {
		u.leaveOut(l)
		return nil
	}
	err := u.root.Symlink(to, l.name)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.DuplicateEntry, l.name, err)
	}
	return asFault(l.name, err)
}

func (u *unpacker) hardLink(l placed) error {
	to := path.Clean(l.to)
	if path.IsAbs(to) || !filepath.IsLocal(filepath.FromSlash(to)) {
		u.leaveOut(l)
		return nil
	}
	switch kind := u.seen[to]; {
	case kind == 0 || kind == tar.TypeDir || to == l.name:
		return fault.New(fault.ArchiveDamaged, l.name, errors.New("hard link to nothing"))
	case u.out[to]:
		u.leaveOut(l)
		return nil
	}
	err := u.root.Link(to, l.name)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.DuplicateEntry, l.name, err)
	case errors.Is(err, fs.ErrNotExist): // a hard link to a hard link that comes later
		return fault.New(fault.ArchiveDamaged, l.name, err)
	}
	return u.copyInside(to, l) // a file system without hard links
}

func (u *unpacker) copyInside(to string, l placed) error {
	info, err := u.root.Lstat(to)
	if err != nil || !info.Mode().IsRegular() {
		return fault.New(fault.UnsupportedEntry, l.name, err)
	}
	file, err := u.root.Open(to)
	if err != nil {
		return fault.FromOS(to, err)
	}
	defer file.Close()
	l.mode, l.time = info.Mode().Perm(), info.ModTime()
	return u.write(l, io.Reader(file), info.Size())
}

func (u *unpacker) leaveOut(l placed) {
	u.out[l.name] = true
	u.notes = append(u.notes, fault.New(fault.UnsafeLink, l.name, nil))
}

// unlinkEscapes removes the links that lead outside by way of other links, which
// only shows when all of them are there.
func (u *unpacker) unlinkEscapes() {
	for _, l := range u.links {
		if l.kind != tar.TypeSymlink || u.out[l.name] {
			continue
		}
		_, err := u.root.Stat(l.name)
		if k := fault.Of(err); err == nil || k == fault.NotFound || k == fault.LinkLoop {
			continue // leads to something inside, or nowhere
		}
		if u.root.Remove(l.name) == nil {
			u.leaveOut(l)
		}
	}
}

// dress gives folders their permissions and times, the deepest first.
func (u *unpacker) dress(dst *safefile.Dir) error {
	slices.SortStableFunc(u.dirs, func(a, b placed) int { return depth(b.name) - depth(a.name) })
	for _, d := range u.dirs {
		if d.name == "." {
			dst.SetTimes(d.time)
		}
		if err := u.root.Chtimes(d.name, time.Time{}, d.time); err != nil {
			return fault.FromOS(d.name, err)
		}
		if err := u.root.Chmod(d.name, d.mode); err != nil && !errors.Is(err, fs.ErrPermission) {
			return fault.FromOS(d.name, err)
		}
	}
	return nil
}

func depth(name string) int {
	if name == "." {
		return 0
	}
	return 1 + strings.Count(name, "/")
}
