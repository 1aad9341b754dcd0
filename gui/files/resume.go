package files

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// resumed is what a plan that goes on with an interrupted batch has to say.
type resumed struct {
	batch   *unfinished
	gone    []string // paths
	missing []string // people
	agent   string   // the recovery agent from before, who is not the one now
}

// resume plans what an interrupted batch has left to do, with the same choices.
// Nothing happens before its button is pressed, as with any plan.
func (s *Screen) resume(u *unfinished) {
	var paths []string
	for i, it := range u.Items {
		if !u.done[i] {
			paths = append(paths, it.Path)
		}
	}
	now := *u
	now.done = slices.Clone(u.done)
	var got remains
	s.lookAt(paths, func(ctx context.Context) { got = now.look(ctx, s.engine) }, func() { s.proceed(u, got) })
}

func (s *Screen) proceed(u *unfinished, got remains) {
	u.strike(got.made)
	s.rememberBatches()
	if u.left() == 0 {
		s.forget(u)
		s.toast(theme.OK, text.T("restore.nothing"))
		return
	}
	var paths []string
	for _, it := range slices.Concat(got.plan.Encrypt, got.plan.Open, got.plan.Refused) {
		paths = append(paths, it.Path)
	}
	next := newPlanView(s, paths, got.plan, got.err)
	next.resumed = &resumed{batch: u, gone: got.gone}
	next.choices = choices{armor: u.Armor, hideNames: u.Hide, dir: u.Dir, policy: u.Policy, removeAfter: u.Remove,
		byPassphrase: u.Typed && u.Work == encrypting}
	next.moreOpen = u.Armor || u.Hide || u.Remove || u.Dir != "" || u.Policy != policies[0]
	if u.Work == encrypting && !u.Typed {
		next.people.who, next.resumed.missing = peopleAgain(u.People, u.Classic, s.engine.People())
		next.people.who.alone = u.Alone
		next.people.build()
		if now := next.people.who.agent; u.Agent != nil && now.person.ID != u.Agent.ID {
			next.resumed.agent = u.Agent.Name
		}
	}
	s.present(next)
}

// cards are notes above a plan.
func (r *resumed) cards() []fyne.CanvasObject {
	if r == nil {
		return nil
	}
	u := r.batch
	cards := []fyne.CanvasObject{widget.Note(theme.Accent, text.T("restore.rest", "n", u.Count-u.left(), "all", u.Count))}
	if u.Typed && u.Work == encrypting {
		cards = append(cards, widget.Note(theme.Warning, text.T("restore.same")))
	}
	if len(r.missing) > 0 {
		cards = append(cards, widget.Note(theme.Danger, text.T("restore.missing", "names", few(r.missing))))
	}
	if r.agent != "" {
		cards = append(cards, widget.Note(theme.Warning, text.T("agent.other", "name", text.Name(r.agent))))
	}
	if len(r.gone) > 0 {
		var names []string
		for _, path := range r.gone {
			names = append(names, filepath.Base(path))
		}
		cards = append(cards, widget.Note(theme.Warning, text.T("restore.gone", "n", len(names), "names", few(names))))
	}
	return cards
}

// few lists the first of many names.
func few(names []string) string {
	const most = 10
	var shown []string
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, text.Name(name))
	}
	if rest := len(names) - most; rest > 0 {
		shown = append(shown, text.T("restore.more", "n", rest))
	}
	return strings.Join(shown, ", ")
}

// goesOn takes what runs have begun from the batch they go on with. What could
// not be begun stays on its card.
func (s *Screen) goesOn(r *resumed, runs []*run) {
	if r == nil || len(runs) == 0 {
		return
	}
	begun := make(map[string]bool)
	for _, run := range runs {
		for _, it := range run.items {
			begun[it.Path] = true
		}
	}
	r.batch.strike(begun)
	if r.batch.left() == 0 {
		s.memory.interrupted = slices.DeleteFunc(s.memory.interrupted, func(u *unfinished) bool { return u == r.batch })
	}
	s.rememberBatches()
}

// lastPlace is the folder things were chosen from last; "" if none is known.
func (s *Screen) lastPlace() string {
	if places := s.places(); len(places) > 0 {
		return places[0]
	}
	return ""
}

func (s *Screen) places() (places []string) {
	s.engine.Recall(placesSection, &places)
	return slices.DeleteFunc(places, func(p string) bool { return !filepath.IsAbs(p) })
}

func (s *Screen) rememberPlace(dir string) {
	places := slices.DeleteFunc(s.places(), func(p string) bool { return p == dir })
	places = slices.Insert(places, 0, dir)
	s.engine.Remember(placesSection, places[:min(len(places), mostPlaces)])
}
