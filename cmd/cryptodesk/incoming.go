package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// stdin is how a path names the standard input.
const stdin = "-"

// maxStdin bounds what is read from there, in bytes, like a file of keys.
const maxStdin = 16 << 20

// read reads something to be imported, from a file or the standard input.
func (c *call) read(eng *engine.Engine, path string, ask identity.Ask) (*engine.Incoming, error) {
	if path != stdin {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fault.FromOS(path, err)
		}
		return eng.ReadFile(c.ctx, abs, ask)
	}
	defer c.leaveOnSignal(nil)()
	var in io.Reader = os.Stdin
	if c.in != nil {
		in = c.in
	}
	data, err := secret.ReadAll(in, maxStdin)
	if err != nil {
		return nil, fault.FromOS("", err)
	}
	return eng.Read(c.ctx, data, ask)
}

// askFor asks for the passphrase of a file: again and again on a terminal,
// once of a script.
func (c *call) askFor(path string) identity.Ask {
	return func(again bool) (*secret.Buffer, error) {
		if again && c.passphraseFD >= 0 {
			return nil, fault.New(fault.WrongPassphrase, path, nil)
		}
		if again {
			what, _ := text.Fault(fault.New(fault.WrongPassphrase, "", nil))
			fmt.Fprintln(c.err, what)
		}
		if err := context.Cause(c.ctx); err != nil {
			return nil, fault.New(fault.Cancelled, path, err)
		}
		return c.ask(text.T("cli.passphrase.import", "name", safefile.Visible(filepath.Base(path))))
	}
}

// refused is a failure with one file among several, said at once.
func (c *call) refused(path string, err error) reported {
	f := fault.As(err)
	if c.json {
		c.emit(result{Path: path, State: "failed", Error: problemOf(f)})
		return reported{f}
	}
	p := problemOf(f)
	fmt.Fprintf(c.err, "%s: %s\n  %s\n", safefile.Visible(path), p.What, p.Do)
	return reported{f}
}

// worse is the failure that decides the exit code.
func worse(a, b error) error {
	if a == nil || b != nil && fault.Of(b).Exit() > fault.Of(a).Exit() {
		return b
	}
	return a
}

// nameOf makes a key's name of its file's.
func nameOf(path string) string {
	if path == stdin {
		return text.T("cli.keys.imported")
	}
	base := filepath.Base(path)
	if short := strings.TrimSuffix(base, filepath.Ext(base)); short != "" {
		base = short
	}
	name, err := identity.CleanName(base)
	if err != nil {
		return text.T("cli.keys.imported")
	}
	return name
}

// freeName is name, or name with a number behind it.
func freeName(name string, taken func(string) bool) string {
	free := name
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	return free
}
