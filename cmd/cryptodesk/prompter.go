package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// terminal is the identity.Prompter of a verb: what a plugin says goes to
// stderr behind the plugin's name, and its questions are answered where
// passphrases are: on the terminal, or with the next lines of --passphrase-fd.
type terminal struct {
	call *call
	told map[string]bool // plugins of which was said that they wait
}

var _ identity.Prompter = (*terminal)(nil)

// says is one line of a plugin's. It is clean and short already.
func (t *terminal) says(plugin, words string) {
	fmt.Fprintf(t.call.err, "%s: %s\n", program(plugin), words)
}

func program(plugin string) string { return "age-plugin-" + plugin }

// Message implements identity.Prompter.
func (t *terminal) Message(plugin, message string, _ func()) { t.says(plugin, message) }

// Waiting implements identity.Prompter.
func (t *terminal) Waiting(plugin string, _ func()) {
	if !t.told[plugin] {
		t.told[plugin] = true
		t.says(plugin, text.T("prompt.touch"))
	}
}

// Done implements identity.Prompter.
func (t *terminal) Done(plugin string) { delete(t.told, plugin) }

// Ask implements identity.Prompter. Ctrl+C gives up; a signal ends the program,
// whose leftovers the next start removes.
func (t *terminal) Ask(ctx context.Context, plugin, words string, hidden bool) (*secret.Buffer, error) {
	if ctx.Err() != nil {
		return nil, fault.New(fault.Cancelled, "", ctx.Err())
	}
	t.says(plugin, words)
	if !hidden {
		return t.line(plugin, text.T("prompt.value")+": ")
	}
	answer, err := t.call.ask(text.T("prompt.hidden") + ": ")
	return answer, t.silent(plugin, err)
}

// silent says so when there is nobody to answer: it is not the passphrase of a
// file that is missing.
func (t *terminal) silent(plugin string, err error) error {
	if fault.Of(err) == fault.NeedPassphrase {
		return fault.New(fault.PluginFailed, plugin, errors.New("the plugin asks, and there is no terminal to answer on"))
	}
	return err
}

// Confirm implements identity.Prompter.
func (t *terminal) Confirm(ctx context.Context, plugin, words, yes, no string) (bool, error) {
	if ctx.Err() != nil {
		return false, fault.New(fault.Cancelled, "", ctx.Err())
	}
	t.says(plugin, words)
	choices := "1 = " + text.T("prompt.choice", "label", yes)
	if no != "" {
		choices += ", 2 = " + text.T("prompt.choice", "label", no)
	}
	for range 3 {
		line, err := t.line(plugin, choices+": ")
		if err != nil {
			return false, err
		}
		answer := strings.TrimSpace(string(line.Bytes())) // no secret: 1 or 2
		line.Destroy()
		switch {
		case answer == "1":
			return true, nil
		case answer == "2" && no != "":
			return false, nil
		}
	}
	return false, fault.New(fault.Cancelled, "", nil)
}

// line asks for something that is shown as it is typed.
func (t *terminal) line(plugin, prompt string) (*secret.Buffer, error) {
	answer, ok, err := t.call.question(t.call.ctx, prompt)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return secret.Take([]byte(answer)), nil
	case t.call.passphraseFD < 0:
		return nil, t.silent(plugin, fault.New(fault.NeedPassphrase, "", nil))
	}
	line, err := t.call.ask("")
	return line, t.silent(plugin, err)
}
