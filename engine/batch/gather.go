package batch

import (
	"context"
	"io/fs"
	"path/filepath"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// maxGathered bounds the encrypted files of one plan; the rest is for another.
const maxGathered = 500_000

// Gather makes a plan of the encrypted files among paths and below those that
// are folders, by their content, for a job that changes their headers. Open are
// those to keys, which need not be one's own; Refused are those of a passphrase
// (fault.PassphraseAlone: nobody can be added there), the damaged ones, and what
// cannot be read. Links within a folder are not followed, and the folder except
// is left out. seen, if not nil, is told now and then how many files were looked
// at. Nothing is changed. The error is only ever a cancelled context.
func Gather(ctx context.Context, paths []string, except string, seen func(files int)) (*Plan, error) {
	g := &gathering{ctx: ctx, plan: &Plan{}, except: except, seen: seen, taken: make(map[string]bool)}
	for _, path := range paths {
		g.top(path)
	}
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, "", err)
	}
	g.tell()
	return g.plan, nil
}

type gathering struct {
	ctx    context.Context
	plan   *Plan
	except string
	seen   func(int)
	files  int
	taken  map[string]bool
}

func (g *gathering) tell() {
	if g.seen != nil {
		g.seen(g.files)
	}
}

func (g *gathering) refuse(path string, problem *fault.Error) {
	g.plan.Refused = append(g.plan.Refused, Item{Path: path, Name: filepath.Base(path), Files: 1, Problem: problem})
}

// top takes what somebody named: a link is what it leads to.
func (g *gathering) top(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		g.refuse(path, missing(path, err))
		return
	}
	if filepath.Dir(real) == real {
		g.refuse(path, fault.New(fault.Protected, path, nil))
		return
	}
	// Nobody wants to hear of each entry again that it was cancelled.
	_ = filepath.WalkDir(real, func(at string, d fs.DirEntry, err error) error {
		switch {
		case g.ctx.Err() != nil || len(g.plan.Open) > maxGathered:
			return fs.SkipAll
		case err != nil:
			g.refuse(at, missing(at, err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && g.except != "" && at == g.except:
			return fs.SkipDir
		case d.Type().IsRegular():
			g.file(at)
		case at == real && !d.IsDir():
			g.refuse(at, fault.New(fault.NotRegular, at, nil))
		}
		return nil
	})
	if len(g.plan.Open) > maxGathered {
		g.plan.Open = g.plan.Open[:maxGathered]
		g.refuse(path, fault.New(fault.TooMany, path, nil))
	}
}

// file takes what is encrypted.
func (g *gathering) file(path string) {
	if g.taken[path] {
		return
	}
	if g.files++; g.files%256 == 0 {
		g.tell()
	}
	src, err := safefile.OpenSource(path)
	if err != nil {
		g.refuse(path, fault.As(err))
		return
	}
	defer src.Close()
	if !looksEncrypted(beginning(src)) {
		return
	}
	g.taken[path] = true
	info := agefile.InspectReader(src, src.Size())
	info.Stanzas = nil // a plan of hundreds of thousands is long enough
	it := Item{Path: path, Name: filepath.Base(path), Files: 1, Size: src.Size(), Info: &info}
	switch {
	case info.Problem != nil:
		it.Access, it.Problem = Unreadable, fault.New(info.Problem.Kind, path, info.Problem.Err)
		g.plan.Refused = append(g.plan.Refused, it)
	case info.Passphrase:
		it.Access, it.Problem = ByPassphrase, fault.New(fault.PassphraseAlone, path, nil)
		g.plan.Refused = append(g.plan.Refused, it)
	default:
		g.plan.Open = append(g.plan.Open, it)
	}
}

// Found is how many encrypted files a gathered plan has, those included that
// nothing can be done with.
func (p *Plan) Found() (n int) {
	for _, it := range p.Refused {
		if it.Info != nil {
			n++
		}
	}
	return n + len(p.Open)
}
