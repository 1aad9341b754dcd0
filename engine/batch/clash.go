package batch

import (
	"path/filepath"
	"runtime"
	"strings"

	"cryptodesk/engine/safefile"
)

// clashes says which rows of a job that may replace files must not: those whose
// result would stand where the job has an input or an earlier result. To
// replace is for what somebody else left under a name.
func (w *work) clashes() []bool {
	if w.policy != safefile.Replace || w.inPlace {
		return nil
	}
	used := make(map[string]bool, 2*len(w.items))
	for _, it := range w.items {
		used[place(it.Path)] = true
		if real, err := filepath.EvalSymlinks(it.Path); err == nil {
			used[place(real)] = true // what a dropped link points at
		}
	}
	clash := make([]bool, len(w.items))
	for i := range w.items {
		if target := w.target(i); target != "" {
			clash[i] = used[place(target)]
			used[place(target)] = true
		}
	}
	return clash
}

// place is equal for two paths that name the same entry of the same folder.
func place(path string) string {
	dir, name := filepath.Split(path)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	path = filepath.Join(dir, name)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		path = strings.ToLower(path)
	}
	return path
}

// foundInside is a result under a name that came out of the archive, which
// nobody saw beforehand: it replaces nothing.
type foundInside struct{ unpublished }

func (f foundInside) Commit(policy safefile.Policy) (string, error) {
	if policy == safefile.Replace {
		policy = safefile.KeepBoth
	}
	return f.unpublished.Commit(policy)
}
