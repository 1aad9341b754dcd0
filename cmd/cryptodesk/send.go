package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

func sendVerb() *verb {
	var to string
	var addresses list
	var wait time.Duration
	return &verb{
		name: "send",
		args: "-t CONTACT [--to ADDRESS]... PATH...",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&to, "t", "", text.T("cli.flag.send_t"))
			fs.Var(&addresses, "to", text.T("cli.flag.send_to"))
			fs.DurationVar(&wait, "wait", 2*time.Minute, text.T("cli.flag.send_wait"))
		},
		run: func(c *call, paths []string) error {
			if len(paths) == 0 {
				return noPaths()
			}
			where, err := addressesOf(addresses)
			if err != nil {
				return err
			}
			if to == "" {
				return fault.New(fault.Usage, text.T("cli.send.which"), nil)
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer c.leave(eng)
			if err := c.unlock(eng); err != nil {
				return err
			}
			debug.FreeOSMemory() // what opening the keyring took, for a program that runs on
			look := func() []string { return where }
			if len(where) == 0 {
				var stop func()
				if look, stop, err = seek(c.ctx, eng, to); err != nil {
					return err
				}
				defer stop()
			}
			x, err := eng.Send(peerNamed(to), look, paths, wait)
			if err != nil {
				return err
			}
			c.watch(x)
			return c.report(x.Job)
		},
	}
}

// peerNamed is what Send takes for a word of the command line.
func peerNamed(name string) string {
	if strings.EqualFold(name, engine.Myself) {
		return engine.Myself
	}
	return name
}

// seek looks for somebody on the local network; look answers where they were seen.
func seek(ctx context.Context, eng *engine.Engine, name string) (look func() []string, stop func(), err error) {
	id := peerNamed(name)
	if id != engine.Myself {
		contact, err := eng.Contact(name)
		if err != nil {
			return nil, nil, err
		}
		id = contact.ID()
	}
	ctx, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	var where []string
	over := make(chan struct{})
	go func() {
		defer secret.Guard()
		defer close(over)
		// With no network to look in nobody is found, which is said.
		_ = eng.Seek(ctx, func(found, address string) {
			mu.Lock()
			defer mu.Unlock()
			if found == id {
				where = []string{address}
			}
		})
	}()
	look = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return where
	}
	return look, func() { cancel(); <-over }, nil
}

func addressesOf(all []string) (where []string, err error) {
	for _, a := range all {
		address, err := exchange.ParseAddress(a)
		if err != nil {
			return nil, err
		}
		where = append(where, address)
	}
	return where, nil
}

// watch waits for an exchange, saying what it waits for and how far it is. A
// signal cancels it.
func (c *call) watch(x *exchange.Exchange) {
	live := !c.quiet && !c.json && term.IsTerminal(int(os.Stderr.Fd()))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	stopped := c.ctx.Done()
	said := exchange.Phase(-1)
	for {
		select {
		case <-x.Done():
			if live {
				fmt.Fprint(c.err, "\r\x1b[K")
			}
			return
		case <-stopped:
			x.Cancel()
			stopped = nil
		case <-tick.C:
			phase := x.Phase()
			switch {
			case live && phase == exchange.Moving:
				fmt.Fprint(c.err, "\r\x1b[K"+bar(x.Progress()))
			case phase != said && !c.quiet:
				c.sayPhase(x, phase, live)
			}
			said = phase
		}
	}
}

func (c *call) sayPhase(x *exchange.Exchange, phase exchange.Phase, live bool) {
	word := map[exchange.Phase]string{exchange.Preparing: "preparing", exchange.Connecting: "connecting", exchange.Asking: "asking",
		exchange.Moving: "moving"}[phase]
	switch {
	case word == "":
	case c.json:
		c.emit(struct {
			Phase string `json:"phase"`
		}{word})
	default:
		start, end := "", "\n"
		if live {
			start, end = "\r\x1b[K", ""
		}
		fmt.Fprint(c.err, start+text.T("cli.send."+word, "name", x.Peer.Name)+end)
	}
}
