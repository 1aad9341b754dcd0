package batch

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

const (
	// smallFile is the size in bytes up to which files are handled side by
	// side, one core each. A larger one gets all cores to itself.
	smallFile = 1 << 20
	// groupFiles and groupBytes bound how many small files are open and
	// unpublished at once: one flush pays for all of them.
	groupFiles = 256
	groupBytes = 64 << 20
)

// unpublished is a finished result under no name yet.
type unpublished interface {
	Commit(safefile.Policy) (string, error)
	Discard()
}

// work is one job's way to turn item i into an unpublished result.
type work struct {
	items   []Item
	policy  safefile.Policy
	workers int
	inPlace bool   // results replace their own inputs
	clash   []bool // rows that must not replace; nil if none

	target func(i int) string
	// write makes the result of item i. It must be safe for concurrent use
	// for small items, each call with a Scratch of its own.
	write func(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (unpublished, []*fault.Error, error)
	// published is called after item i is safely on disk under its final name.
	published func(ctx context.Context, i int, final string) error
	// done frees what the job holds, once, at its end.
	done func()
}

// start makes the job with a row for each item.
func (w *work) start(ctx context.Context, totals func(Item) int64) *job.Job {
	rows := make([]job.Row, len(w.items))
	for i, it := range w.items {
		rows[i] = job.Row{Path: it.Path, Name: it.Name, Total: totals(it), Items: it.Files}
	}
	if w.workers <= 0 {
		w.workers = runtime.NumCPU()
	}
	return job.Start(ctx, rows, w.run)
}

// run goes through the items in order: a run of small ones as a group, a large
// one alone. A group is flushed while the next one is being written.
func (w *work) run(ctx context.Context, t *job.Tracker) error {
	defer w.done()
	w.clash = w.clashes()
	var flushing sync.WaitGroup
	defer flushing.Wait()
	scratch := make([]*agefile.Scratch, w.workers)
	for i := range scratch {
		scratch[i] = agefile.NewScratch()
		defer scratch[i].Destroy()
	}
	for i := 0; i < len(w.items) && ctx.Err() == nil; {
		if !w.small(i) {
			w.single(ctx, t, i, scratch[0])
			i++
			continue
		}
		end := w.groupEnd(i)
		files := w.writeGroup(ctx, t, i, end, scratch)
		flushing.Wait()
		flushing.Add(1)
		t.Go(func() {
			defer flushing.Done()
			w.publishGroup(ctx, t, files)
		})
		i = end
	}
	return ctx.Err()
}

func (w *work) small(i int) bool {
	return !w.items[i].Folder && w.items[i].Size <= smallFile && !w.opensFolder(i)
}

// opensFolder says that item i is an archive, whose result is a folder.
func (w *work) opensFolder(i int) bool {
	if w.items[i].Info == nil {
		return false
	}
	_, folder := OpenedPath(w.items[i], OpenOptions{})
	return folder
}

func (w *work) groupEnd(from int) int {
	var bytes int64
	i := from
	for i < len(w.items) && i-from < groupFiles && w.small(i) && bytes < groupBytes {
		bytes += w.items[i].Size
		i++
	}
	return i
}

// single makes and publishes one item with all cores.
func (w *work) single(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) {
	out, notes := w.writeOne(ctx, t, i, s)
	if out == nil {
		return
	}
	final, err := out.Commit(w.policy)
	if final == "" {
		out.Discard()
	}
	w.settle(ctx, t, i, final, notes, err)
}

// written is an item of a group between writing and publishing.
type written struct {
	row   int
	file  *safefile.File
	notes []*fault.Error
}

// writeGroup writes the items [from, end) side by side and answers those that
// succeeded, in order.
func (w *work) writeGroup(ctx context.Context, t *job.Tracker, from, end int, scratch []*agefile.Scratch) []written {
	made := make([]written, end-from)
	next := atomic.Int64{}
	var wg sync.WaitGroup
	for _, s := range scratch[:min(len(scratch), end-from)] {
		wg.Add(1)
		t.Go(func() {
			defer wg.Done()
			for {
				k := int(next.Add(1)) - 1
				if k >= len(made) || ctx.Err() != nil {
					return
				}
				out, notes := w.writeOne(ctx, t, from+k, s)
				if file, ok := out.(*safefile.File); ok {
					made[k] = written{from + k, file, notes}
				}
			}
		})
	}
	wg.Wait()
	files := made[:0]
	for _, m := range made {
		if m.file != nil {
			files = append(files, m)
		}
	}
	return files
}

// publishGroup flushes a group once and gives each file its name.
func (w *work) publishGroup(ctx context.Context, t *job.Tracker, group []written) {
	files := make([]*safefile.File, len(group))
	for i, m := range group {
		files[i] = m.file
	}
	for i, res := range safefile.CommitAll(ctx, files, w.policy) {
		if res.Path == "" {
			files[i].Discard()
		}
		w.settle(ctx, t, group[i].row, res.Path, group[i].notes, res.Err)
	}
}

// writeOne makes the result of item i, or settles its row and answers nil.
func (w *work) writeOne(ctx context.Context, t *job.Tracker, i int, s *agefile.Scratch) (unpublished, []*fault.Error) {
	rowCtx := t.Begin(i)
	if rowCtx.Err() != nil {
		t.Fail(i, rowCtx.Err())
		return nil, nil
	}
	if err := w.precheck(i); err != nil {
		w.settle(ctx, t, i, "", nil, err)
		return nil, nil
	}
	out, notes, err := w.write(rowCtx, t, i, s)
	if err == nil && rowCtx.Err() != nil {
		out.Discard()
		err = rowCtx.Err()
	}
	if err != nil {
		w.settle(ctx, t, i, "", nil, err)
		return nil, nil
	}
	return out, notes
}

// precheck finds out before the work, not after, that the result would be refused.
func (w *work) precheck(i int) error {
	if w.clash != nil && w.clash[i] {
		return fault.New(fault.Exists, w.target(i), nil)
	}
	return safefile.Precheck(w.target(i), w.policy)
}

// settle ends a row with what came of it. A result that has its name although
// the disk would not confirm it is there, and the failure becomes a note.
func (w *work) settle(ctx context.Context, t *job.Tracker, i int, final string, notes []*fault.Error, err error) {
	switch {
	case err == safefile.ErrSkipped:
		t.Skip(i)
		return
	case err != nil && final == "":
		t.Fail(i, err)
		return
	case err != nil:
		t.Finish(i, final, append(notes, fault.As(err))...)
		return
	}
	if w.published != nil {
		if err := w.published(ctx, i, final); err != nil {
			notes = append(notes, fault.As(err))
		}
	}
	t.Finish(i, final, notes...)
}
