package files

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/batch"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// memory is what the screen knows of earlier sessions, and when it last told
// the engine what a later one should know.
type memory struct {
	restored    bool          // since the unlock; before that nothing may be overwritten
	saved       time.Time     // when rows were last remembered
	interrupted []*unfinished // begun and broken off, newest first
	first       *widget.Button
}

// restore brings back what was remembered, after an unlock. Rows that are
// still here, because jobs ran on, are the truth instead.
func (s *Screen) restore() {
	if s.memory.restored {
		s.rememberBatches()
		return
	}
	s.memory.restored = true
	var saved savedFiles
	s.engine.Recall(filesSection, &saved)
	everyone := s.engine.People()
	for _, old := range saved.Runs {
		if r := old.run(everyone); len(r.hidden) > 0 {
			s.board.runs = append(s.board.runs, r)
		}
	}
	var batches []*unfinished
	s.engine.Recall(batchSection, &batches)
	for _, u := range batches {
		if u == nil || !u.usable() {
			continue
		}
		u.done = unpackBits(saved.Done[u.ID], u.Count)
		if u.left() > 0 {
			s.memory.interrupted = append(s.memory.interrupted, u)
		}
	}
	s.board.index()
	trace.Event("files.restored", map[string]any{"rows": len(s.board.spots), "batches": len(s.memory.interrupted)})
}

// forgetRows is for a lock with nothing running: the rows and what they say
// leave memory, and come back from the sealed state.
func (s *Screen) forgetRows() {
	for _, r := range s.board.runs {
		r.stop()
	}
	s.board, s.memory = board{}, memory{}
	s.rows = newBoardView(s) // the old one's widgets still say what was in them
}

// remember hands the present state to the engine, which seals it: at once, or
// at most every two seconds while something runs.
func (s *Screen) remember(atOnce bool) {
	now := time.Now()
	if !s.memory.restored || s.locked || !atOnce && now.Sub(s.memory.saved) < saveEvery {
		return
	}
	s.memory.saved = now
	saved := savedFiles{Done: make(map[string][]byte)}
	left := mostRows
	for _, r := range s.board.runs {
		run := r.save(left)
		switch n := len(saved.Runs); {
		case len(run.Rows) > 0:
			saved.Runs = append(saved.Runs, run)
			left -= len(run.Rows)
		case n > 0:
			saved.Runs[n-1].More += run.More
		}
	}
	for _, u := range s.batches() {
		saved.Done[u.ID] = packBits(u.done)
	}
	s.engine.Remember(filesSection, saved)
}

// rememberBatches is for when a batch begins or ends.
func (s *Screen) rememberBatches() {
	if s.memory.restored && !s.locked {
		s.engine.Remember(batchSection, s.batches())
		s.remember(true)
	}
}

// batches are all that are unfinished, running or broken off.
func (s *Screen) batches() []*unfinished {
	var all []*unfinished
	for _, r := range s.board.runs {
		if r.note != nil {
			r.note.follow(r.job)
			all = append(all, r.note)
		}
	}
	return append(all, s.memory.interrupted...)
}

// mostCards leaves room for the rows; others come when these are dealt with.
const mostCards = 1

// notices are the cards above the rows; nil when there is nothing to say.
func (s *Screen) notices() fyne.CanvasObject {
	s.memory.first = nil
	var cards []fyne.CanvasObject
	for _, u := range s.memory.interrupted[:min(len(s.memory.interrupted), mostCards)] {
		cards = append(cards, s.interruptedCard(u))
	}
	if len(cards) == 0 {
		return nil
	}
	return widget.Pad(theme.Gap, theme.Wide, widget.Column(theme.Grid, cards...))
}

// interruptedCard says what was broken off, and goes on with it.
func (s *Screen) interruptedCard(u *unfinished) fyne.CanvasObject {
	left := u.left()
	key := map[work]string{encrypting: "restore.encrypting", opening: "restore.opening"}[u.Work]
	words := widget.Column(theme.Half,
		widget.Body(text.T(key, "n", u.Count, "done", u.Count-left, "left", left)).Bold(true),
		widget.Caption(u.about()).Fits(widget.FitWrap))
	forget := widget.SecondaryButton(text.T("restore.forget"), func() { s.forget(u) }).Small()
	trace.Place("restore.forget", forget)
	buttons := []fyne.CanvasObject{forget}
	first := forget
	if len(u.Items) > 0 {
		first = widget.PrimaryButton(text.T("restore.continue"), func() { s.resume(u) }).Small()
		trace.Place("restore.continue", first)
		buttons = append(buttons, first)
	}
	if s.memory.first == nil {
		s.memory.first = first
	}
	return widget.CardPadded(theme.Gap, container.NewBorder(nil, nil, nil,
		container.NewCenter(widget.Row(theme.Grid, buttons...)), words))
}

// about says for whom a batch is and where its results go.
func (u *unfinished) about() string {
	if len(u.Items) == 0 {
		return text.T("restore.many")
	}
	var names []string
	for _, p := range u.People {
		names = append(names, text.Name(p.Name))
	}
	folder := text.Name(filepath.Base(filepath.Dir(u.Items[0].Path)))
	switch {
	case u.Typed:
		return text.T("restore.passphrase", "folder", folder)
	case len(names) > 0:
		return text.T("restore.for", "who", strings.Join(names, ", "), "folder", folder)
	}
	return text.T("restore.from", "folder", folder)
}

func (s *Screen) forget(u *unfinished) {
	s.memory.interrupted = slices.DeleteFunc(s.memory.interrupted, func(other *unfinished) bool { return other == u })
	s.rememberBatches()
	s.showRest()
	s.Shown()
}

// remains is what a look at the disk says of an interrupted batch.
type remains struct {
	plan *batch.Plan // what is still to be done
	err  error
	made map[string]bool // done after all, though it was not noted
	gone []string        // not there any more, or not what it was
}

// look finds out what is left to do. It runs off the UI goroutine.
func (u *unfinished) look(ctx context.Context, eng Engine) remains {
	r := remains{made: make(map[string]bool)}
	left := make(map[string]bool)
	var there []string
	for i, it := range u.Items {
		if u.done[i] {
			continue
		}
		left[it.Path] = true
		if _, err := os.Lstat(it.Path); err == nil {
			there = append(there, it.Path)
		}
	}
	r.plan = &batch.Plan{}
	if len(there) > 0 {
		var plan *batch.Plan
		if plan, r.err = eng.Plan(ctx, there); r.err != nil || plan == nil {
			return r
		}
		r.plan = plan
	}
	for path := range u.results(r.plan, eng) {
		r.made[path] = left[path]
	}
	r.sort(u, left)
	return r
}

// results are those that lie on disk already.
func (u *unfinished) results(plan *batch.Plan, eng Engine) map[string]string {
	now := make(map[string]batch.Item)
	for _, group := range [][]batch.Item{plan.Encrypt, plan.Open, plan.Special} {
		for _, it := range group {
			now[it.Path] = it
		}
	}
	all := u.items()
	for i := range all {
		if it, planned := now[all[i].Path]; planned {
			all[i] = it
		}
	}
	if u.Work == opening {
		return eng.OpenedSince(all, batch.OpenOptions{Dir: u.Dir, Policy: u.Policy}, u.Began)
	}
	return eng.EncryptedSince(all, batch.EncryptOptions{
		Armor: u.Armor, HideNames: u.Hide, Dir: u.Dir, Policy: u.Policy, RemoveOriginals: u.Remove}, u.Began)
}

// sort keeps in the plan what the batch was to do with it, and names the rest.
func (r *remains) sort(u *unfinished, left map[string]bool) {
	planned := make(map[string]bool)
	keep := func(groups ...[]batch.Item) (kept []batch.Item) {
		for _, group := range groups {
			for _, it := range group {
				if left[it.Path] && !r.made[it.Path] {
					it.Special = batch.NotSpecial
					kept = append(kept, it)
					planned[it.Path] = true
				}
			}
		}
		return kept
	}
	p := &batch.Plan{}
	if u.Work == encrypting {
		// What is no plain file was chosen to be encrypted like one.
		p.Encrypt = keep(r.plan.Encrypt, r.plan.Special, r.plan.Open)
		for _, it := range p.Encrypt {
			p.Bytes += it.Size
			p.Files += max(1, it.Files)
		}
	} else {
		p.Open = keep(r.plan.Open)
	}
	p.Refused = keep(r.plan.Refused)
	for _, it := range u.Items {
		if left[it.Path] && !planned[it.Path] && !r.made[it.Path] {
			r.gone = append(r.gone, it.Path)
		}
	}
	r.plan = p
}
