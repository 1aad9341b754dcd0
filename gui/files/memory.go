package files

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
)

// Sections of the sealed session state. Never a passphrase, nor anything it
// could be guessed from.
const (
	filesSection  = "files"       // finished rows, and how far unfinished batches are: often
	batchSection  = "files.batch" // what those batches are: once
	placesSection = "places"      // folders things were chosen from
)

const (
	mostRows   = 200             // finished rows remembered, the newest
	mostItems  = 20_000          // of one batch; what is longer cannot be gone on with
	mostText   = 1 << 20         // bytes of its paths
	saveEvery  = 2 * time.Second // while something runs
	mostPlaces = 8
)

// savedFiles is what filesSection holds.
type savedFiles struct {
	Runs []savedRun        `json:"runs,omitempty"` // newest first
	Done map[string][]byte `json:"done,omitempty"` // by the batch's ID: a bit for each item that needs no more work
}

type savedRun struct {
	Work    work          `json:"work"`
	Who     string        `json:"who,omitempty"`
	People  []savedPerson `json:"people,omitempty"`
	Classic bool          `json:"classic,omitempty"`
	Agent   string        `json:"agent,omitempty"`
	Alone   bool          `json:"alone,omitempty"`
	Rows    []savedRow    `json:"rows"`
	More    int           `json:"more,omitempty"` // rows that ended and are not kept
}

type savedRow struct {
	Path   string       `json:"path"`
	Name   string       `json:"name"`
	Folder bool         `json:"folder,omitempty"`
	Out    string       `json:"out,omitempty"`
	State  job.State    `json:"state"`
	Err    *savedFault  `json:"err,omitempty"`
	Notes  []savedFault `json:"notes,omitempty"`
}

// savedFault leaves the cause out: it is not ours to keep.
type savedFault struct {
	Kind    fault.Kind `json:"kind"`
	Subject string     `json:"subject,omitempty"`
}

type savedPerson struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type savedItem struct {
	Path   string `json:"path"`
	Folder bool   `json:"folder,omitempty"`
	Size   int64  `json:"size"`
}

// unfinished is a batch that began and has not come to its end: enough to go
// on with it after a lock, a restart or a crash.
type unfinished struct {
	ID      string          `json:"id"`
	Work    work            `json:"work"`
	Typed   bool            `json:"typed,omitempty"` // with a passphrase, which is not kept
	Began   time.Time       `json:"began"`
	Count   int             `json:"count"`
	Items   []savedItem     `json:"items"` // in order; none if there were too many
	Armor   bool            `json:"armor,omitempty"`
	Hide    bool            `json:"hide,omitempty"`
	Dir     string          `json:"dir,omitempty"`
	Policy  safefile.Policy `json:"policy"`
	Remove  bool            `json:"remove,omitempty"`
	People  []savedPerson   `json:"people,omitempty"`
	Classic bool            `json:"classic,omitempty"`
	Agent   *savedPerson    `json:"agent,omitempty"` // the recovery agent, if the files were for them
	Alone   bool            `json:"alone,omitempty"` // they were left out by hand

	done []bool // of Items, or Count when those were too many
}

// newUnfinished notes what r is about to do; nil when there is nothing to go
// on with: changing who can open one file is done or not.
func newUnfinished(r *run, now time.Time) *unfinished {
	if r.work == changing {
		return nil
	}
	u := &unfinished{
		ID: strconv.FormatInt(now.UnixNano(), 36), Work: r.work, Began: now, Count: len(r.items),
		Armor: r.choices.armor, Hide: r.choices.hideNames, Dir: r.choices.dir, Policy: r.choices.policy, Remove: r.choices.removeAfter,
		People: savedPeople(r.people), Classic: r.people.classic, Agent: savedAgent(r.people), Alone: r.people.alone,
		Typed: r.typed || r.work == encrypting && r.who == "",
		done:  make([]bool, len(r.items)),
	}
	if r.work == opening {
		u.Dir, u.Policy = r.opts.Dir, r.opts.Policy
	}
	size := 0
	for _, it := range r.items {
		size += len(it.Path)
	}
	if len(r.items) > mostItems || size > mostText {
		return u
	}
	for _, it := range r.items {
		u.Items = append(u.Items, savedItem{it.Path, it.Folder, it.Size})
	}
	return u
}

// usable says whether what was read makes sense.
func (u *unfinished) usable() bool {
	return (u.Work == encrypting || u.Work == opening) && u.ID != "" && u.Count > 0 && u.Count <= 10_000_000 &&
		(len(u.Items) == 0 || len(u.Items) == u.Count) && slices.Contains(policies, u.Policy) &&
		!slices.ContainsFunc(u.Items, func(it savedItem) bool { return !filepath.IsAbs(it.Path) })
}

func (u *unfinished) left() int {
	n := 0
	for _, done := range u.done {
		if !done {
			n++
		}
	}
	return n
}

// follow notes how far its run is. What failed is left to do: it may be more
// than the rows that are remembered.
func (u *unfinished) follow(j *job.Job) {
	for i := range u.done {
		switch j.Row(i).State {
		case job.Done, job.Skipped, job.Cancelled:
			u.done[i] = true
		}
	}
}

// strike takes items off the list that another run has now, or that are done.
func (u *unfinished) strike(paths map[string]bool) {
	for i, it := range u.Items {
		u.done[i] = u.done[i] || paths[it.Path]
	}
}

// items are all of the batch, as its plan had them.
func (u *unfinished) items() []batch.Item {
	all := make([]batch.Item, len(u.Items))
	for i, it := range u.Items {
		all[i] = batch.Item{Path: it.Path, Name: filepath.Base(it.Path), Folder: it.Folder, Size: it.Size}
	}
	return all
}

func packBits(bits []bool) []byte {
	b := make([]byte, (len(bits)+7)/8)
	for i, on := range bits {
		if on {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func unpackBits(b []byte, n int) []bool {
	bits := make([]bool, n)
	for i := range bits {
		bits[i] = i/8 < len(b) && b[i/8]>>(i%8)&1 == 1
	}
	return bits
}

func savedPeople(a audience) []savedPerson {
	var saved []savedPerson
	for _, p := range a.people {
		saved = append(saved, savedPerson{p.ID, p.Name})
	}
	return saved
}

func savedAgent(a audience) *savedPerson {
	if !a.withAgent() {
		return nil
	}
	return &savedPerson{a.agent.person.ID, a.agent.person.Name}
}

// peopleAgain finds the people of a list; missing are the names of those who
// are no longer among everyone, or whose key is another now.
func peopleAgain(saved []savedPerson, classic bool, everyone []engine.Person) (a audience, missing []string) {
	for _, was := range saved {
		i := slices.IndexFunc(everyone, func(p engine.Person) bool { return p.ID == was.ID })
		if i < 0 {
			missing = append(missing, was.Name)
			continue
		}
		a.people = append(a.people, everyone[i])
	}
	a.classic = classic
	a.upgrade()
	return a, missing
}

func savedFaultOf(e *fault.Error) *savedFault {
	if e == nil {
		return nil
	}
	return &savedFault{e.Kind, e.Subject}
}

func (f *savedFault) fault() *fault.Error {
	if f == nil {
		return nil
	}
	return fault.New(f.Kind, f.Subject, nil)
}

// save is the rows of r that ended and are listed, at most n: what failed
// first, because it asks for something, and then the last ones.
func (r *run) save(n int) savedRun {
	s := savedRun{Work: r.work, Who: r.who, People: savedPeople(r.people), Classic: r.people.classic, Agent: r.agent, Alone: r.people.alone}
	keep, more := r.worthKeeping(n)
	s.More = r.more + more
	for _, i := range keep {
		at := r.job.Row(i)
		row := savedRow{Path: at.Path, Name: at.Name, Out: at.Out, State: at.State, Err: savedFaultOf(at.Err),
			Folder: i < len(r.items) && r.items[i].Folder}
		for _, note := range at.Notes {
			row.Notes = append(row.Notes, *savedFaultOf(note))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// worthKeeping lists at most n rows, in their order, and says how many others
// ended.
func (r *run) worthKeeping(n int) (keep []int, more int) {
	var failed, others []int
	for i, hidden := range r.hidden {
		switch state := r.job.Row(i).State; {
		case hidden || !ended(state):
		case state == job.Failed:
			failed = append(failed, i)
		default:
			others = append(others, i)
		}
	}
	all := len(failed) + len(others)
	failed = failed[:min(len(failed), n)]
	others = others[len(others)-min(len(others), n-len(failed)):]
	keep = slices.Concat(failed, others)
	slices.Sort(keep)
	return keep, all - len(keep)
}

// run puts rows back that ended in an earlier session.
func (s savedRun) run(everyone []engine.Person) *run {
	r := &run{work: s.Work, who: s.Who, agent: s.Agent, earlier: true, more: s.More, told: true, stop: func() {}}
	if people, missing := peopleAgain(s.People, s.Classic, everyone); len(missing) == 0 {
		r.people = people
		r.people.alone = s.Alone
	}
	var rows []job.Row
	for _, saved := range s.Rows {
		if !saved.State.Final() || saved.State > job.Cancelled || saved.State == job.Failed && saved.Err == nil {
			continue
		}
		row := job.Row{Path: saved.Path, Name: saved.Name, Out: saved.Out, State: saved.State, Err: saved.Err.fault(), Items: 1}
		for _, note := range saved.Notes {
			row.Notes = append(row.Notes, note.fault())
		}
		rows = append(rows, row)
		r.items = append(r.items, batch.Item{Path: saved.Path, Name: saved.Name, Folder: saved.Folder})
	}
	// A job of rows that are final: nothing runs.
	r.job = job.Start(context.Background(), rows, func(context.Context, *job.Tracker) error { return nil })
	<-r.job.Done()
	r.hidden = make([]bool, len(rows))
	return r
}
