package main

import (
	"cmp"
	"encoding/json"
	"fmt"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

// problem is a fault as --json prints it.
type problem struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject,omitempty"`
	What    string `json:"what"`
	Do      string `json:"do"`
	Detail  string `json:"detail,omitempty"` // a plugin's own words, cleaned
}

func problemOf(f *fault.Error) *problem {
	if f == nil {
		return nil
	}
	what, do := text.Fault(f)
	if name := "material." + f.Subject; f.Kind == fault.CannotImport && text.Has(name) {
		what, do = text.T("cli.cannot_import", "what", text.T(name)), text.T(name+".why")
	}
	return &problem{string(f.Kind), f.Subject, what, do, detail(f)}
}

// detail is what a plugin gave as its reason: untrusted, one short line, and
// never mistaken for a sentence of ours.
func detail(f *fault.Error) string {
	if f.Kind != fault.PluginFailed || f.Err == nil {
		return ""
	}
	return f.Err.Error()
}

// fail says an error in two sentences, what happened and what to do.
func (c *call) fail(err error) {
	p := problemOf(fault.As(err))
	if c.json {
		c.emit(struct {
			Error *problem `json:"error"`
		}{p})
		return
	}
	about := ""
	if p.Subject != "" {
		about = safefile.Visible(p.Subject) + ": "
	}
	fmt.Fprintf(c.err, "cryptodesk: %s%s\n  %s\n", about, p.What, p.Do)
	c.detail(p.Detail)
}

// emit prints one JSON document on a line of its own.
func (c *call) emit(v any) {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

// result is one row of a job as --json prints it.
type result struct {
	Path  string     `json:"path"`
	Out   string     `json:"out,omitempty"`
	State string     `json:"state"`
	Agent string     `json:"agent,omitempty"` // who else can open it
	Error *problem   `json:"error,omitempty"`
	Notes []*problem `json:"notes,omitempty"`
}

// report prints every row and answers the worst failure, or nil.
func (c *call) report(j *job.Job) error {
	var worst, cancelled *fault.Error
	for i := range j.Len() {
		row := j.Row(i)
		if row.State == job.Cancelled { // a plugin's question was not answered
			cancelled = fault.New(fault.Cancelled, row.Path, nil)
		}
		if row.Err != nil && (worst == nil || row.Err.Kind.Exit() > worst.Kind.Exit()) {
			worst = row.Err
		}
		c.reportRow(row)
	}
	if worst == nil && j.Err() != nil {
		worst = j.Err()
	}
	if worst == nil {
		worst = cancelled
	}
	if worst == nil {
		return nil
	}
	return reported{worst}
}

func (c *call) reportRow(row job.Row) {
	if c.json {
		res := result{Path: row.Path, Out: row.Out, State: row.State.String(), Error: problemOf(row.Err)}
		if row.State == job.Done {
			res.Agent = c.agent
		}
		for _, n := range row.Notes {
			res.Notes = append(res.Notes, problemOf(n))
		}
		c.emit(res)
		return
	}
	for _, n := range row.Notes {
		what, _ := text.Fault(n)
		fmt.Fprintf(c.err, "%s: %s\n", safefile.Visible(row.Path), what)
	}
	switch {
	case row.Err != nil:
		what, do := text.Fault(row.Err)
		fmt.Fprintf(c.err, "%s: %s\n  %s\n", safefile.Visible(row.Path), what, do)
		c.detail(detail(row.Err))
	case row.State == job.Cancelled:
		what, _ := text.Fault(fault.New(fault.Cancelled, "", nil))
		fmt.Fprintf(c.err, "%s: %s\n", safefile.Visible(row.Path), what)
	case row.State == job.Skipped && !c.quiet:
		fmt.Fprintf(c.out, "%s: %s\n", safefile.Visible(row.Path), text.T(cmp.Or(c.skipped, "cli.skipped")))
	case !c.quiet:
		fmt.Fprintf(c.out, "%s -> %s\n", safefile.Visible(row.Path), safefile.Visible(row.Out))
	}
}

func (c *call) detail(text string) {
	if text != "" {
		fmt.Fprintf(c.err, "  [%s]\n", text)
	}
}

// reported is a failure whose sentences were printed with its row: it only
// decides the exit code.
type reported struct{ fault *fault.Error }

func (r reported) Error() string { return r.fault.Error() }
func (r reported) Unwrap() error { return r.fault }
