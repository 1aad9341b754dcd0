package batch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Intent says what the person wants done with the paths.
type Intent int

const (
	Auto      Intent = iota // encrypted files open, everything else is encrypted
	ToEncrypt               // everything is encrypted, whatever it is
	ToOpen                  // everything is opened; what is not encrypted is refused
)

// MaxTried bounds how many files of one plan are tried against the keys to say
// beforehand who opens them; the job finds out for the rest.
const MaxTried = 256

// Keys tries a header against what one has: Opens against one's own key pairs.
// ok is false when there are none to try (the keyring is locked).
type Keys interface {
	Opens(header []byte) (name string, opened, ok bool)
	Backup(header []byte) bool // it is of a backup of one's own
}

// Look makes the plan for paths, in their order and each once. It changes
// nothing. The error is only ever a cancelled context: what is wrong with one
// path is said in Refused.
func Look(ctx context.Context, paths []string, intent Intent, keys Keys) (*Plan, error) {
	p := &Plan{}
	seen := make(map[string]bool, len(paths))
	tried := 0
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, fault.New(fault.Cancelled, "", err)
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			p.Refused = append(p.Refused, Item{Path: path, Name: path, Problem: fault.FromOS(path, err)})
			continue
		}
		if seen[abs] {
			continue
		}
		seen[abs] = true
		it := Item{Path: abs, Name: filepath.Base(abs), Files: 1}
		p.add(classify(ctx, it, intent, keys, &tried), intent)
	}
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, "", err)
	}
	return p, nil
}

func (p *Plan) add(it Item, intent Intent) {
	switch {
	case it.Problem != nil && it.Info == nil:
		p.Refused = append(p.Refused, it)
	case it.Special != NotSpecial && intent == Auto:
		p.Special = append(p.Special, it)
	case it.Info != nil:
		p.Open = append(p.Open, it)
	default:
		p.Encrypt = append(p.Encrypt, it)
		p.Bytes += it.Size
		p.Files += it.Files
	}
}

// classify finds out what one path is. Info is set when it is to be opened,
// Problem alone when it is refused.
func classify(ctx context.Context, it Item, intent Intent, keys Keys, tried *int) Item {
	if protected(it.Path) {
		it.Problem = fault.New(fault.Protected, it.Path, nil)
		return it
	}
	fi, err := os.Stat(it.Path)
	if err != nil {
		it.Problem = missing(it.Path, err)
		return it
	}
	if fi.IsDir() {
		it.Folder = true
		if intent == ToOpen {
			it.Problem = fault.New(fault.NotEncrypted, it.Path, nil)
			return it
		}
		it.Size, it.Files, err = measure(ctx, it.Path)
		if err != nil {
			it.Problem = fault.As(err)
		}
		return it
	}
	if intent == ToEncrypt && fi.Mode().IsRegular() {
		it.Size = fi.Size() // the job opens it
		return it
	}
	src, err := safefile.OpenSource(it.Path)
	if err != nil {
		it.Problem = fault.As(err)
		return it
	}
	defer src.Close()
	it.Size = src.Size()
	head := beginning(src)
	if !looksEncrypted(head) {
		if intent == ToOpen {
			it.Problem = fault.As(notEncrypted(it.Path, it.Size))
		}
		it.Special = recognise(head)
		if it.Special == NotSpecial && ours(head, ending(src, it.Size)) {
			it.Special = SheetFile
		}
		return it
	}
	if intent == Auto {
		if it.Special = named(it.Name); it.Special != NotSpecial {
			return it
		}
	}
	return inspect(it, src, keys, tried)
}

func notEncrypted(path string, size int64) error {
	if size == 0 {
		return fault.New(fault.Empty, path, nil)
	}
	return fault.New(fault.NotEncrypted, path, nil)
}

// inspect says how an encrypted file can be opened.
func inspect(it Item, src *safefile.Source, keys Keys, tried *int) Item {
	info := agefile.InspectReader(src, src.Size())
	it.Info = &info
	switch {
	case info.Problem != nil:
		it.Access, it.Problem = Unreadable, info.Problem
		it.Problem.Subject = it.Path
	case info.Passphrase:
		it.Access = ByPassphrase
		if keyringName.MatchString(it.Name) || keys != nil && keys.Backup(headerOf(src)) {
			it.Special = KeyringFile
		}
	case keys != nil && *tried < MaxTried:
		*tried++
		header, _, _, err := agefile.ReadHeader(src, src.Size())
		if err != nil {
			it.Access, it.Problem = Unreadable, fault.As(err)
			return it
		}
		name, opened, ok := keys.Opens(header)
		if opened {
			it.Access, it.KeyName = ByKey, name
		} else if ok {
			it.Access = NoAccess
		}
	}
	return it
}

// headerOf is a file's header, nil without one.
func headerOf(src *safefile.Source) []byte {
	header, _, _, err := agefile.ReadHeader(src, src.Size())
	if err != nil {
		return nil
	}
	return header
}

// protected refuses what no one means to drop: a whole disk or home folder.
func protected(path string) bool {
	clean := filepath.Clean(path)
	if filepath.Dir(clean) == clean {
		return true
	}
	home, err := os.UserHomeDir()
	return err == nil && clean == filepath.Clean(home)
}

// missing tells a link to nothing and a link in circles from a path that is
// not there.
func missing(path string, err error) *fault.Error {
	if errors.Is(err, fs.ErrNotExist) {
		if fi, lerr := os.Lstat(path); lerr == nil && fi.Mode()&fs.ModeSymlink != 0 {
			return fault.New(fault.DanglingLink, path, err)
		}
	}
	return fault.FromOS(path, err)
}

// measure sums the regular files under dir without following links.
func measure(ctx context.Context, dir string) (size int64, files int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, "", ctx.Err())
		}
		if err != nil {
			return fault.FromOS(path, err)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		fi, err := d.Info()
		if err != nil {
			return fault.FromOS(path, err)
		}
		files++
		size += fi.Size()
		return nil
	})
	return size, files, err
}
