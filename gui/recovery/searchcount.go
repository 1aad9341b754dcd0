package recovery

import (
	"context"
	"errors"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/search"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// longest is what a search on this computer may take; the command line can be
// told to take longer.
const longest = 365 * 24 * time.Hour

// errNoFile is that no file was chosen yet, where there is no keyring.
var errNoFile = errors.New("no file yet")

// counting is the live number of guesses, and how long they take.
type counting struct {
	view    *fyne.Container
	words   *widget.Text
	spinner *widget.Spinner
	version int // of what was typed
	stop    context.CancelFunc
	guesses *search.Guesses // counted, nil until then
	seconds float64
}

func (c *counting) init() {
	c.words, c.spinner = widget.Muted(""), widget.NewSpinner(20)
	c.view = container.NewBorder(nil, nil, c.spinner, nil, c.words)
}

func (c *counting) say(tone fyne.ThemeColorName, busy bool, words string) {
	c.words.Tone(tone).Set(words)
	if busy {
		c.spinner.Start()
	} else {
		c.spinner.Stop()
	}
}

// forget ends a count under way and lets go of what was counted.
func (c *counting) forget() {
	c.version++
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
	c.guesses.Close()
	c.guesses = nil
}

func (c *counting) close() {
	c.forget()
	c.spinner.Stop()
}

// soon runs something when the person stopped typing for a moment; the tests do
// not wait.
var soon = func(f func()) { form.Later(300*time.Millisecond, f) }

// changed counts anew, soon.
func (l *lastResort) changed() {
	if l.closed || l.z.next == nil || l.run != nil || l.view == nil {
		return
	}
	c := &l.count
	c.forget()
	able(l.z.next, false)
	switch {
	case l.failed == errNoFile:
		c.say(theme.Muted, false, text.T("recovery.search.nofile"))
		return
	case l.failed != nil:
		c.say(theme.Danger, false, sentence(l.failed))
		return
	case l.rate == 0:
		c.say(theme.Muted, true, text.T("recovery.search.measuring"))
		return
	}
	version := c.version
	soon(func() {
		if version == c.version && !l.closed {
			l.recount()
		}
	})
}

// recount says how many guesses there are: first a number they do not exceed,
// at once, then the exact one.
func (l *lastResort) recount() {
	c := &l.count
	recipe, lines := l.recipe()
	if recipe == nil {
		c.say(theme.Muted, false, text.T("recovery.search.empty"))
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	version := c.version
	var g *search.Guesses
	var err error
	form.Away(func() {
		var r *search.Recipe
		if r, err = search.ParseRecipe(recipe, search.OpenList); err == nil {
			g, err = search.NewGuesses(r)
		}
	}, func() {
		switch {
		case version != c.version:
			g.Close()
		case err != nil:
			c.say(theme.Danger, false, l.complaint(err, lines))
		default:
			c.say(theme.Muted, true, text.T("recovery.search.bound", "total", text.Many(g.Bound())))
			l.exact(ctx, g)
		}
	})
}

// complaint says which part cannot be read.
func (l *lastResort) complaint(err error, lines []int) string {
	if f := fault.As(err); f.Kind == fault.RecipeBad {
		if n, err := strconv.Atoi(f.Subject); err == nil && n <= len(lines) {
			return text.T("recovery.search.bad", "n", lines[n-1]+1)
		}
		return text.T("recovery.search.bad.ending")
	}
	return sentence(err)
}

func (l *lastResort) exact(ctx context.Context, g *search.Guesses) {
	c := &l.count
	version := c.version
	most := uint64(4 * l.rate * longest.Seconds()) // beyond that the number does not matter
	var n search.Count
	var err error
	form.Away(func() { n, err = g.Count(ctx, l.team.Room(), most) }, func() {
		if version != c.version {
			g.Close()
			return
		}
		o := search.Expect(n.Total, true, l.rate)
		if err != nil {
			o = search.Expect(g.Bound(), false, l.rate)
		}
		switch hopeless := o.Seconds > longest.Seconds(); {
		case err != nil && fault.Of(err) != fault.Hopeless:
			g.Close()
			c.say(theme.Danger, false, sentence(err))
			return
		case err != nil, hopeless:
			g.Close()
			c.say(theme.Danger, false, text.T("recovery.search.hopeless", "total", text.Many(o.Guesses), "time", text.Span(o.Seconds)))
		default:
			c.guesses, c.seconds = g, o.Seconds
			c.say(theme.Text, false, text.T("recovery.search.takes", "total", text.Many(n.Total), "time", text.Span(o.Seconds)))
			able(l.z.next, true)
		}
		trace.Event("search.counted", map[string]any{"guesses": float64(o.Guesses), "seconds": o.Seconds, "exact": err == nil})
		secret.Settle()
	})
}
