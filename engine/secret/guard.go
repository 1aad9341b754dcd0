package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// crashed is the exit code of a program that met a mistake of its own, as of
// one that the runtime ends.
const crashed = 2

// Guard ends the program when its goroutine panics: first every secret is
// wiped, then where it happened goes to stderr, and nothing else. Defer it as
// the first thing in a goroutine:
//
//	defer secret.Guard()
//
// The runtime would print the value of the panic and the words of every
// function's arguments, which may be parts of a key. What it ends by itself, a
// fatal error such as no memory left or a fault in C, it reports in that way
// still, for the one goroutine (GOTRACEBACK=single), and nothing can stop it;
// the memory goes with the process.
func Guard() {
	if mistake := recover(); mistake != nil {
		WipeAll()
		report(told, mistake)
		leave(crashed)
	}
}

// Where Guard tells and how it ends the program; a test has its own.
var (
	told  io.Writer = os.Stderr
	leave           = os.Exit
)

// report writes the kind of mistake and the functions that led to it.
func report(w io.Writer, mistake any) {
	var b strings.Builder
	fmt.Fprintf(&b, "cryptodesk: internal error: %s\nAll secrets were wiped from memory.\n", kindOf(mistake))
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", f.Function, f.File, f.Line)
		if !more {
			break
		}
	}
	_, _ = io.WriteString(w, b.String())
}

// kindOf says what is known to hold no data: the runtime's own words are about
// numbers and types.
func kindOf(mistake any) string {
	if err, ok := mistake.(error); ok {
		var own runtime.Error
		if errors.As(err, &own) {
			return own.Error()
		}
	}
	return fmt.Sprintf("panic of type %T", mistake)
}
