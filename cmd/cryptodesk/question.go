package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/gui/text"
)

// question asks a person for a line that is no secret, until ctx ends. ok is
// false when there is nobody: no terminal, or a script that gave
// --passphrase-fd.
func (c *call) question(ctx context.Context, prompt string) (answer string, ok bool, err error) {
	if c.answer != nil {
		fmt.Fprint(c.err, prompt)
		answer, ok = c.answer()
		return answer, ok, nil
	}
	if c.passphraseFD >= 0 {
		return "", false, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", false, nil
	}
	defer tty.Close()
	defer c.leaveOnSignal(nil)()
	defer context.AfterFunc(ctx, func() { _ = tty.SetReadDeadline(time.Now()) })() // what can't, waits for the line
	fmt.Fprint(tty, prompt)
	answer, err = bufio.NewReaderSize(tty, 4<<10).ReadString('\n')
	if err != nil {
		return "", false, fault.New(fault.Cancelled, "", err)
	}
	return strings.TrimSpace(answer), true, nil
}

// yes asks a question that nothing but a clear yes answers.
func (c *call) yes(ctx context.Context, prompt string) (yes, asked bool, err error) {
	answer, ok, err := c.question(ctx, prompt)
	if err != nil || !ok {
		return false, false, err
	}
	for _, word := range strings.Fields(text.T("cli.yes")) {
		if strings.EqualFold(answer, word) {
			return true, true, nil
		}
	}
	return false, true, nil
}
