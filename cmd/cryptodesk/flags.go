package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/gui/text"
)

// call is one run of the program: the common flags and where it talks to.
type call struct {
	ctx      context.Context
	out, err io.Writer
	in       io.Reader                     // instead of the standard input, in tests
	answer   func() (line string, ok bool) // instead of the terminal, in tests
	kept     *engine.Engine                // stays open between verbs, in tests

	home         string
	passphraseFD int      // -1 is the terminal
	passphrases  *os.File // of passphraseFD, once one was asked for
	json, quiet  bool
	force        bool
	workers      int
	agent        string // who else can open the results, once that is known
	skipped      string // why a row was skipped, if not for its name
	trace        int    // -1 is none
}

func newCall() *call { return &call{passphraseFD: -1, trace: -1} }

// verb is one word of the command line.
type verb struct {
	name  string
	args  string   // what follows the flags, for the usage line
	more  []string // keys of further parts of its help
	files []sample // files to copy, at the end of its help
	flags func(fs *flag.FlagSet)
	run   func(c *call, args []string) error
}

// sample is a file that shows how; key says for what.
type sample struct{ key, text string }

// call parses the verb's own and the common flags, which may stand before,
// between and after the paths, and runs it.
func (v *verb) call(c *call, args []string) error {
	fs := c.flagSet(v.name)
	if v.flags != nil {
		v.flags(fs)
	}
	rest, err := parseAll(fs, args)
	if err != nil {
		return c.usage(fs, err, v)
	}
	return v.run(c, rest)
}

func (c *call) flagSet(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&c.home, "home", c.home, text.T("cli.flag.home"))
	fs.IntVar(&c.passphraseFD, "passphrase-fd", c.passphraseFD, text.T("cli.flag.passphrase_fd"))
	fs.BoolVar(&c.json, "json", c.json, text.T("cli.flag.json"))
	fs.BoolVar(&c.quiet, "quiet", c.quiet, text.T("cli.flag.quiet"))
	fs.BoolVar(&c.force, "force", c.force, text.T("cli.flag.force"))
	fs.IntVar(&c.workers, "workers", c.workers, text.T("cli.flag.workers"))
	if name == "" {
		fs.IntVar(&c.trace, "trace", c.trace, text.T("cli.flag.trace"))
	}
	return fs
}

// parseLeading stops at the first word that is not a flag.
func parseLeading(fs *flag.FlagSet, args []string) ([]string, error) {
	err := fs.Parse(args)
	return fs.Args(), err
}

// parseAll lets flags and paths mix; everything after -- is a path.
func parseAll(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		left := fs.Args()
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			return append(rest, left...), nil
		}
		if len(left) == 0 {
			break
		}
		rest, args = append(rest, left[0]), left[1:]
	}
	return rest, nil
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// usage turns a flag error into help or a fault.
func (c *call) usage(fs *flag.FlagSet, err error, v *verb) error {
	if errors.Is(err, flag.ErrHelp) {
		c.help(v)
		return err
	}
	// The value of a flag is not repeated: it could be a passphrase in the wrong place.
	what := err.Error()
	if _, flagged, ok := strings.Cut(what, " for flag "); ok {
		what, _, _ = strings.Cut(flagged, ":")
	}
	return fault.New(fault.Usage, what, nil)
}

// helpOn prints the overview, or what is known of one verb.
func (c *call) helpOn(words []string) error {
	if len(words) == 0 {
		c.help(nil)
		return nil
	}
	for _, v := range verbs() {
		if v.name == words[0] {
			c.help(v)
			return nil
		}
	}
	return fault.New(fault.Usage, words[0], nil)
}

// help prints the overview, or one verb with its flags.
func (c *call) help(v *verb) {
	if v == nil {
		fmt.Fprintln(c.out, text.T("cli.help.intro"))
		for _, v := range verbs() {
			fmt.Fprintf(c.out, "  cryptodesk %s %s\n        %s\n", v.name, v.args, text.T("cli."+v.name+".summary"))
		}
		fmt.Fprintln(c.out, "\n"+text.T("cli.help.common"))
		printFlags(c.out, newCall().flagSet(""))
		fmt.Fprintln(c.out, "\n"+text.T("cli.help.exit"))
		return
	}
	fmt.Fprintf(c.out, "cryptodesk %s %s\n\n%s\n", v.name, v.args, text.T("cli."+v.name+".help"))
	for _, part := range v.more {
		fmt.Fprintf(c.out, "\n%s\n", text.T(part))
	}
	for _, file := range v.files {
		fmt.Fprintf(c.out, "\n%s\n\n%s", text.T(file.key), file.text)
	}
	fs := newCall().flagSet(v.name)
	if v.flags != nil {
		v.flags(fs)
	}
	fmt.Fprintln(c.out)
	printFlags(c.out, fs)
	fmt.Fprintln(c.out, "\n"+text.T("cli.help.exit"))
}

func printFlags(w io.Writer, fs *flag.FlagSet) {
	fs.VisitAll(func(f *flag.Flag) {
		dash := "--"
		if len(f.Name) == 1 {
			dash = "-"
		}
		fmt.Fprintf(w, "  %-18s %s\n", dash+f.Name, f.Usage)
	})
}

func (c *call) version() {
	fmt.Fprintln(c.out, "cryptodesk "+engine.Version())
}
