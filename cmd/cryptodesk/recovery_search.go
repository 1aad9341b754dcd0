package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// searchFlags are those of "recovery search".
type searchFlags struct {
	recipe, shard, checkpoint string
	memory, days              int
	count, restart            bool
}

func (f *searchFlags) set(fs *flag.FlagSet) {
	fs.StringVar(&f.recipe, "recipe", "", text.T("cli.flag.recipe"))
	fs.StringVar(&f.shard, "shard", "0/1", text.T("cli.flag.shard"))
	fs.StringVar(&f.checkpoint, "checkpoint", "", text.T("cli.flag.checkpoint"))
	fs.IntVar(&f.memory, "memory", 0, text.T("cli.flag.memory"))
	fs.IntVar(&f.days, "days", 365, text.T("cli.flag.days"))
	fs.BoolVar(&f.count, "count", false, text.T("cli.flag.count"))
	fs.BoolVar(&f.restart, "restart", false, text.T("cli.flag.restart"))
}

func (f *recoveryFlags) searchSubs() []sub {
	return []sub{{"search", 0, 1, true, f.search}}
}

// search tries what is remembered on a file, or on the own keyring.
func (f *recoveryFlags) search(c *call, eng *engine.Engine, args []string) error {
	q, err := f.searchFlags.ready(c, eng, args)
	if err != nil {
		return err
	}
	defer q.guesses.Close()
	if err := q.measure(); err != nil {
		return err
	}
	if f.count {
		return q.outlook(time.Duration(f.days) * 24 * time.Hour)
	}
	if !f.showText {
		if err := q.readFresh(); err != nil {
			return err
		}
		defer q.fresh.Destroy()
	}
	if f.restart {
		os.Remove(q.opt.Checkpoint)
	}
	q.opt.Longest = time.Duration(f.days) * 24 * time.Hour
	s := eng.Search(q.target, q.guesses, q.opt)
	defer s.Close()
	c.followSearch(s)
	if err := s.Err(); err != nil {
		c.saysWhy(err)
		return err
	}
	found := s.Found()
	defer found.Destroy()
	if err := q.use(found, f.showText); err != nil {
		return err
	}
	s.Forget()
	return nil
}

// quest is one search of the verb.
type quest struct {
	c       *call
	eng     *engine.Engine
	path    string // empty is the own keyring
	target  *search.Target
	guesses *search.Guesses
	opt     search.Options
	fresh   *secret.Buffer // the new passphrase, when a script gave it
}

// ready reads what is to be searched and what is remembered.
func (f *searchFlags) ready(c *call, eng *engine.Engine, args []string) (*quest, error) {
	q := &quest{c: c, eng: eng}
	var err error
	if len(args) > 0 {
		if q.path, err = filepath.Abs(args[0]); err != nil {
			return nil, fault.FromOS(args[0], err)
		}
	}
	if q.opt.Shard, q.opt.Shards, err = parseShard(f.shard); err != nil {
		return nil, err
	}
	if f.recipe == "" || f.memory < 0 || f.days < 0 {
		return nil, fault.New(fault.Usage, text.T("cli.search.which"), nil)
	}
	if q.target, err = eng.SearchTarget(q.path); err != nil {
		return nil, err
	}
	if q.opt.Team, err = q.target.Team(c.workers, int64(f.memory)<<20); err != nil {
		return nil, err
	}
	if q.opt.Checkpoint = eng.SearchNotes(q.target, q.opt.Shard, q.opt.Shards); f.checkpoint != "" {
		if q.opt.Checkpoint, err = filepath.Abs(f.checkpoint); err != nil {
			return nil, fault.FromOS(f.checkpoint, err)
		}
	}
	r, err := c.readRecipe(f.recipe)
	if err != nil {
		return nil, err
	}
	q.guesses, err = search.NewGuesses(r)
	return q, err
}

// parseShard reads i/n: part i, counted from 0, of n.
func parseShard(s string) (shard, shards uint64, err error) {
	i, n, ok := strings.Cut(s, "/")
	shard, err1 := strconv.ParseUint(i, 10, 32)
	shards, err2 := strconv.ParseUint(n, 10, 32)
	if !ok || err1 != nil || err2 != nil || shard >= shards {
		return 0, 0, fault.New(fault.Usage, text.T("cli.search.shard"), nil)
	}
	return shard, shards, nil
}

// readRecipe reads a recipe; its lists are looked for beside it.
func (c *call) readRecipe(path string) (*search.Recipe, error) {
	dir := ""
	in := c.in
	switch {
	case path != stdin:
		file, err := safefile.OpenSource(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in, dir = file, filepath.Dir(path)
	case in == nil:
		defer c.leaveOnSignal(nil)()
		in = os.Stdin
	}
	raw, err := secret.ReadAll(in, search.MaxRecipe)
	if err != nil {
		return nil, err
	}
	return search.ParseRecipe(raw, func(list string) (*secret.Buffer, error) {
		if !filepath.IsAbs(list) {
			list = filepath.Join(dir, list)
		}
		return search.OpenList(list)
	})
}

func (q *quest) measure() (err error) {
	q.opt.Rate, err = q.target.Measure(q.c.ctx, q.opt.Team)
	return err
}

// outlookLine is --count as --json prints it.
type outlookLine struct {
	Path    string   `json:"path"`
	Guesses uint64   `json:"guesses"`
	Levels  []uint64 `json:"levels"` // as remembered, with one deviation, with two, with three
	Rate    float64  `json:"rate"`
	Seconds float64  `json:"seconds"` // of the shard
	Workers int      `json:"workers"`
	AtOnce  int      `json:"at_once"` // guesses under way
	Memory  int64    `json:"memory"`  // of the guesses tried at once
	Peak    int64    `json:"peak"`    // of the whole program
	Refused bool     `json:"refused"` // without --days
}

// outlook says how many guesses there are and how long they take.
func (q *quest) outlook(longest time.Duration) error {
	n, err := q.guesses.Count(q.c.ctx, q.opt.Room(), 0)
	if err != nil {
		if fault.Of(err) == fault.Hopeless {
			err = fault.New(fault.Hopeless, q.target.Path(), search.Expect(q.guesses.Bound(), false, q.opt.Rate))
		}
		q.c.saysWhy(err)
		return err
	}
	share := (n.Total + q.opt.Shards - 1 - q.opt.Shard) / q.opt.Shards
	o := search.Expect(share, true, q.opt.Rate)
	if q.c.json {
		q.c.emit(outlookLine{q.target.Path(), n.Total, n.Levels[:q.guesses.Together()+1], o.Rate, o.Seconds, q.opt.Workers, q.opt.AtOnce, q.opt.Memory, q.opt.Peak(n),
			longest > 0 && o.Seconds > longest.Seconds()})
		return nil
	}
	fmt.Fprintln(q.c.out, text.T("cli.search.guesses", "total", text.Many(n.Total)))
	for level, count := range n.Levels[:q.guesses.Together()+1] {
		fmt.Fprintf(q.c.out, "  %s\n", text.T("cli.search.level."+strconv.Itoa(level), "count", text.Many(count)))
	}
	fmt.Fprintln(q.c.out, text.T("cli.search.takes", "time", text.Span(o.Seconds), "rate", perSecond(o.Rate), "workers", q.opt.AtOnce,
		"memory", text.Bytes(q.opt.Peak(n))))
	if q.opt.Shards > 1 {
		fmt.Fprintln(q.c.out, text.T("cli.search.share", "share", text.Many(share), "part", fmt.Sprintf("%d/%d", q.opt.Shard, q.opt.Shards)))
	}
	return nil
}

// saysWhy gives the numbers of a search that has no hope.
func (c *call) saysWhy(err error) {
	var o search.Outlook
	if !errors.As(err, &o) || c.json {
		return
	}
	key := "cli.search.hopeless"
	if !o.Exact {
		key = "cli.search.hopeless.bound"
	}
	fmt.Fprintln(c.err, text.T(key, "total", text.Many(o.Guesses), "rate", perSecond(o.Rate), "time", text.Span(o.Seconds)))
}

func perSecond(rate float64) string {
	if rate >= 100 {
		return text.Count(int64(rate))
	}
	return strconv.FormatFloat(rate, 'g', 2, 64)
}

// readFresh makes sure before a search of days that there will be a new
// passphrase: a script's is read now, and a person is asked when it is found.
func (q *quest) readFresh() (err error) {
	if q.c.passphraseFD >= 0 {
		q.fresh, err = q.c.ask("")
		return err
	}
	if tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0); err == nil {
		tty.Close()
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return fault.New(fault.Usage, text.T("cli.search.nobody"), nil)
	}
	return nil
}

// foundLine is a search that succeeded as --json prints it.
type foundLine struct {
	Path    string `json:"path"`
	Found   bool   `json:"found"`
	Changed bool   `json:"changed"`
}

// use gives the file another passphrase at once, or shows the one it has.
func (q *quest) use(found *secret.Buffer, show bool) error {
	if show {
		line := secret.New(found.Len() + 1)
		defer line.Destroy()
		secret.Copy(line.Bytes(), found.Bytes())
		line.Bytes()[found.Len()] = '\n'
		_, err := q.c.out.Write(line.Bytes())
		return err
	}
	fresh := q.fresh
	for fresh == nil {
		fmt.Fprintln(q.c.err, text.T("cli.search.found"))
		asked, err := q.c.askNew(text.T("cli.passphrase.new"), text.T("cli.passphrase.again"))
		switch {
		case fault.Of(err) == fault.Usage: // they differ
			q.c.fail(err)
		case err != nil:
			return err
		}
		fresh = asked
	}
	q.fresh = nil
	q.eng.Headless()
	if _, err := q.eng.GetIn(q.c.ctx, q.path, found.Clone(), fresh); err != nil {
		return err
	}
	switch {
	case q.c.json:
		q.c.emit(foundLine{Path: q.target.Path(), Found: true, Changed: true})
	case !q.c.quiet:
		fmt.Fprintln(q.c.out, text.T("cli.search.changed", "file", safefile.Visible(q.target.Path())))
	}
	return nil
}

// followSearch waits for a search, drawing a line when stderr is a terminal. A
// signal stops it; how far it came is kept.
func (c *call) followSearch(s *search.Search) {
	live := !c.quiet && !c.json && term.IsTerminal(int(os.Stderr.Fd()))
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	stopped, told := c.ctx.Done(), false
	for {
		select {
		case <-s.Done():
			if live {
				fmt.Fprint(c.err, "\r\x1b[K")
			}
			return
		case <-stopped:
			s.Stop()
			stopped = nil
		case <-tick.C:
			p := s.Progress()
			if p.Problem != nil && !told {
				told = true
				c.fail(p.Problem)
			}
			if live {
				c.drawSearch(p)
			}
		}
	}
}

func (c *call) drawSearch(p search.Progress) {
	if p.State == search.Counting {
		fmt.Fprint(c.err, "\r\x1b[K"+text.T("cli.search.counting"))
		return
	}
	share := 0.0
	if p.Total > 0 {
		share = float64(p.Done) / float64(p.Total)
	}
	full := int(share * barWidth)
	line := fmt.Sprintf("\r\x1b[K[%s%s] %s/%s  %s/s", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), text.Many(p.Done),
		text.Many(p.Total), perSecond(p.Rate))
	if p.Left >= 0 {
		line += "  " + text.Span(p.Left.Seconds())
	}
	fmt.Fprint(c.err, line)
}
