package files

import (
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
)

// work is what a run does to its rows.
type work int

const (
	encrypting work = iota
	opening
	changing
)

// run is one job and what its rows need to be explained.
type run struct {
	job     *job.Job
	work    work
	items   []batch.Item // one for each row of the job
	opts    batch.OpenOptions
	who     string            // for whom, in words; "" for whoever has the passphrase
	people  audience          // the same, unless it was a passphrase
	agent   string            // who else can open it, in words; "" for nobody
	typed   bool              // opens with a passphrase, which takes a while to check
	hidden  []bool            // rows taken off the screen
	told    bool              // its end was announced
	earlier bool              // ended in an earlier session
	more    int               // rows of that session that are not listed
	choices choices           // what it was begun with, besides for whom
	note    *unfinished       // what a later session needs to go on with it, while it runs
	ends    map[job.State]int // how its rows ended, once they did
	stop    func()            // ends the watch
}

func (r *run) active() bool {
	select {
	case <-r.job.Done():
		return false
	default:
		return true
	}
}

// version changes when the job did, and once a second while it runs: a rate
// falls and a time passes without any news.
func (r *run) version() uint64 {
	return r.job.Version() + uint64(time.Now().Unix())<<32
}

// spot is one row on screen: a row of a run.
type spot struct {
	run *run
	row int
}

func (s spot) state() job.Row { return s.run.job.Row(s.row) }

// board is all runs, the newest first, as one list of rows. For the UI
// goroutine only.
type board struct {
	runs  []*run
	spots []spot
	only  filter
}

// filter chooses which rows are listed.
type filter int

const (
	allRows filter = iota
	failedRows
)

func (b *board) add(r *run) {
	r.hidden = make([]bool, r.job.Len())
	b.runs = append([]*run{r}, b.runs...)
	b.only = allRows
	b.index()
}

// index lists the rows again: after a run came or went, rows were hidden or
// the filter changed.
func (b *board) index() {
	b.spots = b.spots[:0]
	for _, r := range b.runs {
		for i := range r.hidden {
			if r.hidden[i] || b.only == failedRows && r.job.Row(i).State != job.Failed {
				continue
			}
			b.spots = append(b.spots, spot{r, i})
		}
	}
}

// hide takes one row off the screen.
func (b *board) hide(s spot) {
	s.run.hidden[s.row] = true
	s.run.ends = nil // counted anew
	b.clearEmpty()
}

// clearFinished takes the rows of ended runs, and ended rows of running ones,
// off the screen.
func (b *board) clearFinished() {
	for _, r := range b.runs {
		for i := range r.hidden {
			if ended(r.job.Row(i).State) {
				r.hidden[i] = true
				r.ends = nil
			}
		}
	}
	b.only = allRows
	b.clearEmpty()
}

// clearEmpty forgets the runs that have nothing left to show.
func (b *board) clearEmpty() {
	kept := b.runs[:0]
	for _, r := range b.runs {
		if r.active() || r.showsAny() {
			kept = append(kept, r)
			continue
		}
		r.stop()
	}
	b.runs = kept
	b.index()
}

func (r *run) showsAny() bool {
	for _, h := range r.hidden {
		if !h {
			return true
		}
	}
	return false
}

func (b *board) cancelAll() {
	for _, r := range b.runs {
		r.job.Cancel()
	}
}

func ended(s job.State) bool { return s != job.Waiting && s != job.Running }

// tally counts the rows of a run that has ended and are still listed, by how
// they ended.
func (r *run) tally() map[job.State]int {
	if r.ends == nil {
		r.ends = map[job.State]int{}
		for i, hidden := range r.hidden {
			if !hidden {
				r.ends[r.job.Row(i).State]++
			}
		}
	}
	return r.ends
}

// total is what the header says of everything on the board.
type total struct {
	rows, finished, failed int
	more                   int   // rows of earlier sessions that are not listed
	worked, idle           int   // of runs that ended: rows that are done, and rows cancelled or skipped
	done, size             int64 // bytes; of the running jobs only
	rate                   float64
	left                   time.Duration // <0 until known
	active                 int           // running jobs
	work                   work          // of the newest running job
}

func (b *board) total() total {
	t := total{left: -1}
	for _, r := range b.runs {
		if !r.active() {
			t.count(r.tally())
			t.more += r.more
			continue
		}
		p := r.job.Progress()
		t.rows += p.Rows
		t.finished += p.Finished
		t.failed += p.Failed
		if t.active == 0 {
			t.work = r.work
		}
		t.active++
		t.done += p.Done
		t.size += p.Total
		t.rate += p.Rate
		t.left = max(t.left, p.Left)
	}
	return t
}

// count adds the rows of a run that has ended.
func (t *total) count(ends map[job.State]int) {
	for _, n := range ends {
		t.rows += n
		t.finished += n
	}
	t.failed += ends[job.Failed]
	t.worked += ends[job.Done]
	t.idle += ends[job.Cancelled] + ends[job.Skipped]
}

// share is how much of the running work is done, 0 to 1.
func (t total) share() float64 {
	if t.size <= 0 {
		return 0
	}
	return min(1, float64(t.done)/float64(t.size))
}

// asksPassphrase says whether a new passphrase can make a failed row succeed.
func asksPassphrase(k fault.Kind) bool {
	return k == fault.WrongPassphrase || k == fault.NeedPassphrase
}
