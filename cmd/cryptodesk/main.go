// Command cryptodesk keeps files private. With no verb it opens the window;
// with a verb it does the same work with the same engine and no display.
//
// It owns the command line: flags, prompts, progress, exit codes. It may
// import engine, its value packages, gui and the translations; it never
// touches keys, headers or ciphers itself, and no secret ever becomes a flag,
// a string or an environment variable.
package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main without the exit, so that deferred wiping happens.
func run(args []string) int {
	defer secret.Guard() // after everything else has tidied up
	secret.Harden()
	defer secret.WipeAll()
	text.Use(text.Detect(os.Getenv))

	// Leaving restores the default action: a second Ctrl-C ends at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)

	call := newCall()
	call.ctx, call.out, call.err = ctx, os.Stdout, os.Stderr
	err := dispatch(call, args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		if !errors.As(err, new(reported)) {
			call.fail(err)
		}
		return fault.Of(err).Exit()
	}
	return 0
}

// verbs in the order in which help lists them.
func verbs() []*verb {
	return []*verb{encryptVerb(), decryptVerb(), inspectVerb(), rewrapVerb(), keysVerb(), contactsVerb(), recoveryVerb(), sendVerb(), receiveVerb()}
}

// dispatch finds the verb after any common flags. Whatever is not a verb is a
// path for the window.
func dispatch(c *call, args []string) error {
	fs := c.flagSet("")
	rest, err := parseLeading(fs, args)
	if err != nil {
		return c.usage(fs, err, nil)
	}
	if len(rest) == 0 {
		return openWindow(c, nil)
	}
	switch rest[0] {
	case "help":
		return c.helpOn(rest[1:])
	case "version":
		c.version()
		return nil
	}
	for _, v := range verbs() {
		if v.name == rest[0] {
			// A verb of 10,000 files peaks at 38 MB instead of 45, for no
			// measurable time: most of its memory is not Go's.
			debug.SetGCPercent(50)
			// The toolkit starts up with the program, although no window will be
			// opened; what that left behind goes back to the system.
			debug.FreeOSMemory()
			dropCode()
			return v.call(c, rest[1:])
		}
	}
	return openWindow(c, rest)
}
