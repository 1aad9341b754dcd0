package engine

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/safefile"
)

// EncryptedSince finds out which items of a batch that was interrupted are
// done, although nobody could note it any more: path to result. items are all
// of the batch, so that nobody is given the result of another. A result counts
// if it is whole, lies under the name it would have been given, came there
// after since (when the batch began), and has the modification time and the
// plain size of its original; the archive of a folder, which has times of its
// own, by the other three. Where it cannot be told whose result one is, as with
// two equal originals of one name, none counts: better twice than not at all.
// Under a hidden name the result says itself what is in it, to who has a key
// for it; one for other people alone, or with a passphrase, never counts. An
// original that is gone counts by name and size, if originals were to be removed.
func (e *Engine) EncryptedSince(items []batch.Item, opt batch.EncryptOptions, since time.Time) map[string]string {
	m := newMatcher(since)
	if opt.HideNames {
		keys := openTrial(e.session) // no plugins: nobody is asked for a token to find this out
		defer keys.close()
		var ids []age.Identity
		for _, k := range keys.keys {
			ids = append(ids, k.Identities()...)
		}
		m.matchHidden(items, opt, ids)
		return m.settle()
	}
	for _, it := range items {
		source, err := os.Stat(it.Path)
		if err != nil && !opt.RemoveOriginals {
			continue
		}
		m.offer(it.Path, numbered(batch.EncryptedPath(it, opt), opt.Policy), func(path string, result fs.FileInfo) bool {
			info := m.inspect(path)
			if !result.Mode().IsRegular() || info.Problem != nil || !info.PlainSizeExact {
				return false
			}
			if it.Folder {
				return info.PlainSize >= it.Size
			}
			return info.PlainSize == it.Size && (err != nil || sameTime(source.ModTime(), result.ModTime()))
		})
	}
	return m.settle()
}

// OpenedSince is EncryptedSince for a batch that opened files. What was
// encrypted under a hidden name opens to a name nobody knows, and never counts.
func (e *Engine) OpenedSince(items []batch.Item, opt batch.OpenOptions, since time.Time) map[string]string {
	m := newMatcher(since)
	for _, it := range items {
		source, err := os.Stat(it.Path)
		if err != nil {
			continue
		}
		target, folder := batch.OpenedPath(it, opt)
		m.offer(it.Path, numbered(target, opt.Policy), func(path string, result fs.FileInfo) bool {
			if folder {
				return result.IsDir()
			}
			info := m.inspect(it.Path)
			return result.Mode().IsRegular() && sameTime(source.ModTime(), result.ModTime()) &&
				info.PlainSizeExact && result.Size() == info.PlainSize
		})
	}
	return m.settle()
}

// numbered are the names that a result may have been given, as far as they
// are there.
func numbered(target string, policy safefile.Policy) []string {
	places := []string{target}
	for n := 2; policy == safefile.KeepBoth; n++ {
		next, ok := safefile.Numbered(target, n)
		if _, err := os.Lstat(next); !ok || err != nil {
			break
		}
		places = append(places, next)
	}
	return places
}

// sameTime allows for disks that keep whole or even seconds.
func sameTime(original, result time.Time) bool {
	apart := original.Sub(result)
	return apart == 0 || result.Nanosecond() == 0 && apart > -2*time.Second && apart < 2*time.Second
}

// matcher tells which results belong to which originals.
type matcher struct {
	since   time.Time
	fits    map[string][]string // original: the results it may have
	results map[string]fs.FileInfo
	infos   map[string]agefile.Info
	inside  map[string]agefile.Entry
}

func newMatcher(since time.Time) *matcher {
	// Clocks of file systems lag a little behind the one that since is from.
	return &matcher{since: since.Add(-time.Second), fits: make(map[string][]string),
		results: make(map[string]fs.FileInfo), infos: make(map[string]agefile.Info), inside: make(map[string]agefile.Entry)}
}

// offer notes those of places that were made since the batch began and fit.
func (m *matcher) offer(original string, places []string, fits func(string, fs.FileInfo) bool) {
	for _, path := range places {
		info, known := m.results[path]
		if !known {
			var err error
			if info, err = os.Lstat(path); err != nil || safefile.Placed(info).Before(m.since) {
				info = nil
			}
			m.results[path] = info
		}
		if info != nil && path != original && fits(path, info) {
			m.fits[original] = append(m.fits[original], path)
		}
	}
}

func (m *matcher) inspect(path string) agefile.Info {
	info, known := m.infos[path]
	if !known {
		var err error
		if info, err = agefile.Inspect(path); err != nil {
			info.PlainSizeExact = false
		}
		m.infos[path] = info
	}
	return info
}

var hiddenName = regexp.MustCompile(`^[0-9a-f]{16}\.tar\.age$`)

// matchHidden offers every item the hidden names of its folder.
func (m *matcher) matchHidden(items []batch.Item, opt batch.EncryptOptions, ids []age.Identity) {
	names := make(map[string][]string)
	for _, it := range items {
		dir := filepath.Dir(batch.EncryptedPath(it, opt))
		places, known := names[dir]
		if !known {
			entries, _ := os.ReadDir(dir) // one that cannot be read has no results
			for _, e := range entries {
				if hiddenName.MatchString(e.Name()) {
					places = append(places, filepath.Join(dir, e.Name()))
				}
			}
			names[dir] = places
		}
		source, err := os.Stat(it.Path)
		if err != nil && !opt.RemoveOriginals {
			continue
		}
		m.offer(it.Path, places, func(path string, result fs.FileInfo) bool {
			in := m.entry(path, ids)
			return in.Name == filepath.Base(it.Path) && in.Folder == it.Folder &&
				(it.Folder || in.Size == it.Size && (err != nil || sameTime(source.ModTime(), in.ModTime)))
		})
	}
}

// entry is what a whole archive says is in it; nothing if it cannot be read.
func (m *matcher) entry(path string, ids []age.Identity) agefile.Entry {
	e, known := m.inside[path]
	if known {
		return e
	}
	if len(ids) > 0 && m.inspect(path).PlainSizeExact {
		if src, err := safefile.OpenSource(path); err == nil {
			e, _ = agefile.FirstEntry(context.Background(), src, ids) // not ours: nothing
			src.Close()
		}
	}
	m.inside[path] = e
	return e
}

// settle pairs originals with results where that leaves no doubt: no other
// original may have one of the results, and originals that may have the same
// ones must be as many as those.
func (m *matcher) settle() map[string]string {
	groups := make(map[string][]string)
	wanted := make(map[string]int)
	for original, places := range m.fits {
		slices.Sort(places)
		key := strings.Join(places, "\x00")
		groups[key] = append(groups[key], original)
		for _, p := range places {
			wanted[p]++
		}
	}
	made := make(map[string]string)
	for key, originals := range groups {
		places := strings.Split(key, "\x00")
		if len(originals) > 1 && len(places) != len(originals) || slices.ContainsFunc(places, func(p string) bool { return wanted[p] != len(originals) }) {
			continue
		}
		slices.Sort(originals)
		for i, original := range originals {
			made[original] = places[i]
		}
	}
	return made
}
