package identity

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"unicode"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What a plugin says is cut to so many characters, and so many times it may
// say or ask something in one run.
const (
	maxSaid   = 300
	maxChoice = 30
	maxCalls  = 64
)

// errGaveUp is a person's decision.
var errGaveUp = fault.New(fault.Cancelled, "", errors.New("given up"))

// blame is what a plugin did wrong, in our words.
type blame string

func (b blame) Error() string { return string(b) }

const (
	errNobody  blame = "the plugin asks, and nobody is there to answer"
	errNagging blame = "the plugin says and asks too much"
	errTooMuch blame = "the plugin writes too much"
	errScrypt  blame = "the plugin would wrap for a passphrase"
	errFileKey blame = "the plugin answered a file key of the wrong length"
	errEnded   blame = "the plugin ended before it was done"
	errGarbage blame = "the plugin could not be started, or wrote what is not understood"
)

// ui is what age's client calls, in talk.
func (r *pluginRun) ui() *plugin.ClientUI {
	return &plugin.ClientUI{
		DisplayMessage: func(_, message string) error {
			return r.call(func() error {
				r.who.Message(r.name, plain(message, maxSaid), r.giveUp)
				return nil
			})
		},
		RequestValue: func(_, prompt string, hidden bool) (string, error) {
			return r.request(plain(prompt, maxSaid), hidden)
		},
		Confirm: func(_, prompt, yes, no string) (chose bool, err error) {
			err = r.call(func() (err error) {
				chose, err = r.who.Confirm(r.ctx, r.name, plain(prompt, maxSaid), plain(yes, maxChoice), plain(no, maxChoice))
				return err
			})
			return chose, err
		},
		WaitTimer: func(string) { // on a goroutine of its own
			if r.who == nil {
				return
			}
			select {
			case r.calls <- func() { r.who.Waiting(r.name, r.giveUp) }:
			case <-r.over:
			}
		},
	}
}

// giveUp is a person's way out while the plugin waits for something.
func (r *pluginRun) giveUp() { r.end(errGaveUp) }

// call has supervise do f, and ends the run when f fails: to age's client a
// failed question is only one that the plugin gets no answer to.
func (r *pluginRun) call(f func() error) error {
	if r.asked++; r.asked > maxCalls {
		r.end(pluginFault(r.name, errNagging))
		return errNagging
	}
	if r.who == nil {
		return errNobody
	}
	reply := make(chan error, 1)
	select {
	case r.calls <- func() { reply <- f() }:
	case <-r.over:
		return r.ctx.Err()
	}
	err := <-reply
	if fault.Of(err) == fault.Cancelled {
		err = errGaveUp
	}
	if err != nil {
		r.end(err)
	}
	return err
}

// request lends age the answer as a string that is no copy. It stays in
// guarded memory until the plugin's next question or the end of the run: by
// then age has written it to the pipe. age's own copies are named at runPlugin.
func (r *pluginRun) request(prompt string, hidden bool) (string, error) {
	r.answer.Destroy()
	r.answer = nil
	var got *secret.Buffer
	err := r.call(func() (err error) {
		got, err = r.who.Ask(r.ctx, r.name, prompt, hidden)
		return err
	})
	if err != nil {
		got.Destroy()
		return "", err
	}
	r.answer = got
	return borrow(got.Bytes()), nil
}

// plain is a plugin's text on one line, without what could pass for something
// else, at most n characters.
func plain(text string, n int) string {
	if len(text) > 8*n {
		text = text[:8*n] // before every character is looked at
	}
	text = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case hidden(c), !unicode.IsPrint(c) && c != '\u200c' && c != '\u200d':
			return -1
		}
		return c
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if c := []rune(text); len(c) > n {
		return string(c[:n-1]) + "…"
	}
	return strings.Clone(text)
}

// pluginFault gives an error of a run its kind. Its text, when it is the
// plugin's, is said to be so and cleaned; that of age's client may quote what
// the plugin wrote, a file key perhaps, and is never passed on.
func pluginFault(name string, err error) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return f
	}
	missing := (*plugin.NotFoundError)(nil)
	switch {
	case errors.Is(err, age.ErrIncorrectIdentity):
		return age.ErrIncorrectIdentity
	case errors.As(err, &missing), errors.Is(err, exec.ErrDot):
		return fault.New(fault.PluginMissing, name, nil)
	case errors.As(err, new(blame)):
		return fault.New(fault.PluginFailed, name, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return fault.New(fault.PluginFailed, name, errEnded)
	}
	said, own := strings.CutPrefix(err.Error(), name+" plugin: ")
	for _, clients := range []string{"malformed ", "failed to read ", "received ", "repeated ", "parsing age header", "couldn't start ", "invalid ", "write ", "unexpected "} {
		own = own && !strings.HasPrefix(said, clients)
	}
	if !own {
		return fault.New(fault.PluginFailed, name, errGarbage)
	}
	return fault.New(fault.PluginFailed, name, errors.New("the plugin says: "+plain(said, maxSaid)))
}
