package main

import (
	"fmt"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/transfer"
	"cryptodesk/gui/text"
)

// meet makes two people who talk to each other verified contacts: one waits, and
// the other names where.
func (c *call) meet(eng *engine.Engine, args []string) error {
	m, err := c.meeting(eng, args)
	if err != nil {
		return err
	}
	defer m.Close()
	fmt.Fprintln(c.err, text.T("cli.meet.say", "name", m.Contact.Name, "words", strings.Join(m.Say[:], " ")))
	answer, ok, err := c.question(c.ctx, text.T("cli.meet.ask", "name", m.Contact.Name))
	if err != nil {
		return err
	}
	words := strings.Fields(answer)
	if !ok || len(words) != 2 {
		return fault.New(fault.WordsWrong, m.Contact.Name, nil)
	}
	contact, err := eng.Hear(c.ctx, m, [2]string(words))
	if err != nil {
		return err
	}
	if !c.quiet {
		fmt.Fprintln(c.err, text.T("cli.meet.done", "name", contact.Name))
	}
	return nil
}

func (c *call) meeting(eng *engine.Engine, args []string) (*transfer.Meeting, error) {
	if len(args) > 0 {
		address, err := exchange.ParseAddress(args[0])
		if err != nil {
			return nil, err
		}
		return eng.Meet(c.ctx, address)
	}
	host, err := eng.HostMeeting(c.ctx, exchange.Address("", exchange.DefaultPort))
	if err != nil {
		return nil, err
	}
	defer host.Close()
	for _, a := range exchange.Reachable(host.Addr()) {
		fmt.Fprintln(c.err, text.T("cli.meet.at", "address", a))
	}
	return host.Wait(c.ctx)
}
