package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/term"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// ask gets a passphrase from --passphrase-fd (one line each time) or from the
// terminal without echo. The caller destroys the buffer.
func (c *call) ask(prompt string) (*secret.Buffer, error) {
	if c.passphraseFD >= 0 {
		defer c.leaveOnSignal(nil)()
		if c.passphrases == nil { // one file for all lines: its finalizer closes the descriptor
			c.passphrases = os.NewFile(uintptr(c.passphraseFD), "passphrase")
		}
		return lineFrom(c.passphrases)
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		if !term.IsTerminal(int(os.Stdin.Fd())) {
			return nil, fault.New(fault.NeedPassphrase, "", err)
		}
		tty = os.Stdin
	} else {
		defer tty.Close()
	}
	return c.typed(tty, prompt)
}

// leaveOnSignal ends the program at a signal while it waits for a person, which
// no context interrupts. No job runs then, so nothing is half-done.
func (c *call) leaveOnSignal(restore func()) (stop func() bool) {
	return context.AfterFunc(c.ctx, func() {
		if restore != nil {
			restore()
		}
		secret.WipeAll()
		os.Exit(fault.Cancelled.Exit())
	})
}

// askNew asks for a new passphrase: twice on a terminal, once from a
// descriptor.
func (c *call) askNew(prompt, again string) (*secret.Buffer, error) {
	first, err := c.ask(prompt)
	if err != nil || c.passphraseFD >= 0 {
		return first, err
	}
	second, err := c.ask(again)
	if err != nil {
		first.Destroy()
		return nil, err
	}
	defer second.Destroy()
	if !first.Equal(second) {
		first.Destroy()
		return nil, fault.New(fault.Usage, text.T("cli.passphrase.differ"), nil)
	}
	return first, nil
}

// typed reads one line in raw mode, where nothing is echoed and no line
// buffer of the terminal driver keeps a copy.
func (c *call) typed(tty *os.File, prompt string) (*secret.Buffer, error) {
	old, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return nil, fault.New(fault.NeedPassphrase, "", err)
	}
	defer func() {
		term.Restore(int(tty.Fd()), old)
		fmt.Fprintln(c.err)
	}()
	defer c.leaveOnSignal(func() { term.Restore(int(tty.Fd()), old) })()
	fmt.Fprint(c.err, prompt)
	return readLine(tty, true)
}

// lineFrom reads one line byte by byte, so that the next call finds the next.
func lineFrom(r *os.File) (*secret.Buffer, error) {
	if r == nil {
		return nil, fault.New(fault.Usage, "--passphrase-fd", os.ErrInvalid)
	}
	return readLine(r, false)
}

const (
	ctrlC     = 3
	ctrlD     = 4
	backspace = 8
	ctrlU     = 21
	del       = 127
)

// readLine collects UTF-8 up to the end of the line into guarded memory.
// keys says that control bytes are keys pressed, not part of the passphrase.
func readLine(r io.Reader, keys bool) (*secret.Buffer, error) {
	line := secret.NewText()
	defer line.Destroy()
	var one [1]byte
	var char [utf8.UTFMax]byte
	defer func() { one[0] = 0; secret.Wipe(char[:]) }()
	n := 0
	for {
		got, err := r.Read(one[:])
		if got == 0 {
			if err == nil {
				continue
			}
			if errors.Is(err, io.EOF) && line.RuneCount() > 0 {
				break
			}
			return nil, fault.New(fault.NeedPassphrase, "", err)
		}
		b := one[0]
		if b == '\n' || b == '\r' {
			break
		}
		if keys && n == 0 && b < ' ' || keys && b == del {
			switch b {
			case ctrlC, ctrlD:
				return nil, fault.New(fault.Cancelled, "", nil)
			case backspace, del:
				line.Backspace()
			case ctrlU:
				line.Clear()
			}
			n = 0
			continue
		}
		char[n] = b
		n++
		if !utf8.FullRune(char[:n]) {
			continue
		}
		char0, _ := utf8.DecodeRune(char[:n])
		if char0 == utf8.RuneError || !line.Append(char0) {
			return nil, fault.New(fault.Usage, text.T("cli.passphrase.unreadable"), nil)
		}
		n = 0
	}
	if line.RuneCount() == 0 {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	return line.Buffer(), nil
}
