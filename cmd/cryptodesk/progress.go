package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// follow waits for a job, drawing a bar when stderr is a terminal. A signal
// cancels the job; it is still waited for, so that nothing half-done stays.
func (c *call) follow(j *job.Job) {
	live := !c.quiet && !c.json && term.IsTerminal(int(os.Stderr.Fd()))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	stopped := c.ctx.Done()
	for {
		select {
		case <-j.Done():
			if live {
				fmt.Fprint(c.err, "\r\x1b[K")
			}
			return
		case <-stopped:
			j.Cancel()
			stopped = nil
		case <-tick.C:
			if live {
				fmt.Fprint(c.err, "\r\x1b[K"+bar(j.Progress()))
			}
		}
	}
}

const barWidth = 24

// bar is one line: share done, rate, and time left once it is known.
func bar(p job.Progress) string {
	share := 0.0
	if p.Total > 0 {
		share = min(1, float64(p.Done)/float64(p.Total))
	}
	full := int(share * barWidth)
	line := fmt.Sprintf("[%s%s] %3.0f%%  %s/s", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), share*100, text.Bytes(int64(p.Rate)))
	if p.Left >= 0 {
		line += "  " + text.Duration(p.Left)
	}
	if p.Rows > 1 {
		line += fmt.Sprintf("  %d/%d", p.Finished, p.Rows)
	}
	return line
}

// working says, when stderr is a terminal, that something is being done that
// takes seconds and has no parts to count, until stop is called. A signal
// cancels it through the context of the call.
func (c *call) working() (stop func()) {
	if c.quiet || c.json || !term.IsTerminal(int(os.Stderr.Fd())) {
		return func() {}
	}
	ended, over := make(chan struct{}), make(chan struct{})
	begun := time.Now()
	go func() {
		defer secret.Guard()
		defer close(over)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				fmt.Fprint(c.err, "\r\x1b[K")
				return
			case <-tick.C:
				fmt.Fprint(c.err, "\r\x1b[K"+text.T("cli.working", "time", text.Duration(time.Since(begun))))
			}
		}
	}()
	return func() {
		close(ended)
		<-over
	}
}
