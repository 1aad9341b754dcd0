package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/transfer"
	"cryptodesk/gui/text"
)

// receiving are the flags of the verb, and what it waits for.
type receiving struct {
	listen, out string
	accept      list
	once        bool
	silent      bool
	limit       time.Duration

	asking sync.Mutex // one question at a time on a terminal
}

func receiveVerb() *verb {
	r := &receiving{}
	return &verb{
		name: "receive",
		args: "[--listen ADDRESS] [--accept CONTACT]... [--once] [--silent] [--for TIME] [-o FOLDER]",
		flags: func(fs *flag.FlagSet) {
			fs.StringVar(&r.listen, "listen", "", text.T("cli.flag.receive_listen"))
			fs.Var(&r.accept, "accept", text.T("cli.flag.receive_accept"))
			fs.BoolVar(&r.once, "once", false, text.T("cli.flag.receive_once"))
			fs.BoolVar(&r.silent, "silent", false, text.T("cli.flag.receive_silent"))
			fs.DurationVar(&r.limit, "for", -1, text.T("cli.flag.receive_for"))
			fs.StringVar(&r.out, "o", ".", text.T("cli.flag.receive_o"))
		},
		run: func(c *call, args []string) error {
			if len(args) > 0 {
				return fault.New(fault.Usage, args[0], nil)
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
			return r.run(c, eng)
		},
	}
}

func (r *receiving) run(c *call, eng *engine.Engine) error {
	folder, err := filepath.Abs(r.out)
	if err != nil {
		return fault.FromOS(r.out, err)
	}
	if info, err := os.Stat(folder); err != nil {
		return fault.FromOS(folder, err)
	} else if !info.IsDir() {
		return fault.New(fault.NotRegular, folder, nil)
	}
	trusted, err := r.trusted(eng)
	if err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	defer eng.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	err = eng.Ready(engine.Readiness{
		Address: r.listen, For: r.limit, Silent: r.silent,
		Trusted: func(id string) (string, bool) { return folder, slices.Contains(trusted, id) },
		Agree: func(ctx context.Context, from transfer.Peer, o *transfer.Offer) (string, error, bool) {
			return folder, r.agree(ctx, c, from, o), true
		},
	})
	if err != nil {
		return err
	}
	c.sayWhere(eng)
	return r.wait(c, eng, changed)
}

func (r *receiving) trusted(eng *engine.Engine) (ids []string, err error) {
	for _, name := range r.accept {
		id := peerNamed(name)
		if id != engine.Myself {
			contact, err := eng.Contact(name)
			if err != nil {
				return nil, err
			}
			id = contact.ID()
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// agree asks whoever sits at the terminal, as long as the sender waits.
func (r *receiving) agree(ctx context.Context, c *call, from transfer.Peer, o *transfer.Offer) error {
	r.asking.Lock()
	defer r.asking.Unlock()
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, from.Name, ctx.Err())
	}
	first := safefile.Visible(o.Entries[0].Name)
	yes, _, err := c.yes(ctx, text.T("cli.receive.ask", "name", from.Name, "file", first, "count", text.Count(int64(len(o.Entries))), "size", text.Bytes(o.Total())))
	if ctx.Err() != nil {
		fmt.Fprintln(c.err, "\n"+text.T("cli.receive.gone", "name", from.Name))
		return fault.New(fault.Cancelled, from.Name, ctx.Err())
	}
	if err != nil {
		return err
	}
	if !yes {
		return fault.New(fault.Declined, from.Name, nil)
	}
	return nil
}

// wait reports exchanges as they end. With --once it leaves after the first that
// arrived, or that will not be gone on with.
func (r *receiving) wait(c *call, eng *engine.Engine, changed <-chan struct{}) error {
	for {
		for _, x := range eng.Exchanges() {
			if x.Phase() != exchange.Over {
				continue
			}
			eng.Forget(x)
			err := c.report(x.Job)
			if r.once && (err == nil || !resumable(err)) {
				return err
			}
		}
		if _, _, ready := eng.IsReady(); !ready && !busy(eng) {
			return nil // its time is over
		}
		select {
		case <-changed:
		case <-c.ctx.Done():
			return fault.New(fault.Cancelled, "", c.ctx.Err())
		}
	}
}

func busy(eng *engine.Engine) bool { return len(eng.Exchanges()) > 0 }

// resumable says whether the sender is expected to come back.
func resumable(err error) bool {
	switch fault.Of(err) {
	case fault.Disconnected, fault.PeerLeft:
		return true
	}
	return false
}

// sayWhere tells the addresses that others can type.
func (c *call) sayWhere(eng *engine.Engine) {
	all, _, _ := eng.IsReady()
	if c.json {
		c.emit(struct {
			Listening []string `json:"listening"`
		}{all})
		return
	}
	if !c.quiet {
		for _, a := range all {
			fmt.Fprintln(c.err, text.T("cli.receive.at", "address", a))
		}
	}
}
