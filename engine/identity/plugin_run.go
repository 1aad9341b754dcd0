package identity

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What a plugin gets before it is ended, besides all the time that the person
// in front of it has.
const (
	pluginGrace = 500 * time.Millisecond // to leave after an interrupt
	pluginDeath = 3 * time.Second        // to be gone after a kill
	pluginTick  = 100 * time.Millisecond // between two looks at how much it wrote
	maxWritten  = 16 << 20               // bytes it may write, where that can be known
)

// running holds a token while a plugin runs. One at a time: there is one
// person to ask and often one device, and a Prompter is told nothing twice at
// once.
var running = make(chan struct{}, 1)

// pluginFound is what a plugin came up with.
type pluginFound struct {
	fileKey *secret.Buffer
	stanzas []*age.Stanza
	labels  []string
}

// outcome is how a run ended.
type outcome struct {
	found pluginFound
	err   error
}

// pluginRun is one run of a plugin. Three goroutines take part: the caller,
// who may leave as soon as ctx ends; talk, in which age's client speaks with
// the plugin inside secret.Do; and supervise, outside of it (a window's prompt
// calls C), which answers the plugin's questions and sees to its end.
type pluginRun struct {
	name string
	who  Prompter // nil when nobody is there to answer
	ctx  context.Context
	end  context.CancelCauseFunc

	calls  chan func()    // from talk to supervise
	over   chan struct{}  // closed when supervise answers no more
	thread atomic.Int64   // of talk: the plugin is its child; 0 once talk is done
	asked  int            // talk's
	answer *secret.Buffer // talk's: the last one, until age has passed it on
}

// runPlugin has work, which starts the plugin through age's client, run to its
// end or until ctx ends. own is what work reads: it is destroyed when work is
// done with it, which may be after runPlugin returned.
//
// The plugin package knows no context. When ctx ends runPlugin returns at
// once, and behind it the plugin is interrupted and then killed with all its
// children (on Linux, where they can be found: age's client does not say which
// process it started). Elsewhere a plugin that hangs stays until it notices by
// itself, and with it a goroutine, age's buffers, own and the last answer.
//
// What remains in memory meanwhile, and until the garbage collector erases it
// (secret.Settle), are the copies that age makes: file key and PIN in the
// buffers of stanzas and Base64, the identity's text. All of them were made
// inside secret.Do. The pipes to the plugin are the kernel's, and the plugin's
// own memory is its own.
func runPlugin(ctx context.Context, name string, who Prompter, own *secret.Buffer, work func(*plugin.ClientUI) (pluginFound, error)) (pluginFound, error) {
	select {
	case running <- struct{}{}:
	case <-ctx.Done():
		own.Destroy()
		return pluginFound{}, ended(ctx)
	}
	r := &pluginRun{name: name, who: who, calls: make(chan func()), over: make(chan struct{})}
	r.ctx, r.end = context.WithCancelCause(ctx)
	out := make(chan outcome)
	go r.supervise(own, work, out)
	select {
	case o := <-out:
		return o.found, o.err
	case <-r.ctx.Done():
		return pluginFound{}, ended(r.ctx)
	}
}

// AwaitPlugins waits for a plugin that was ended to be out of the way, so that
// the program does not leave one behind: at once when none runs, some seconds
// at most.
func AwaitPlugins() {
	select {
	case running <- struct{}{}:
		<-running
	case <-time.After(pluginGrace + pluginDeath):
	}
}

// ended says why ctx did.
func ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if f := (*fault.Error)(nil); errors.As(cause, &f) {
		return cause
	}
	return fault.New(fault.Cancelled, "", cause)
}

func (r *pluginRun) supervise(own *secret.Buffer, work func(*plugin.ClientUI) (pluginFound, error), out chan<- outcome) {
	defer secret.Guard()
	defer func() { <-running }()
	// With it age's client would write all that passes, file keys and PINs, to
	// the terminal. Here, because it is a call of C where the program has any,
	// and the caller is inside secret.Do.
	_ = os.Unsetenv("AGEDEBUG") // fails for malformed names only
	keepDescriptors()
	done := make(chan outcome, 1)
	go r.talk(own, work, done)
	o, finished := r.serve(done)
	if !finished {
		o, finished = r.quit(done)
	}
	close(r.over)
	if !finished {
		go func() { o := <-done; o.found.fileKey.Destroy() }()
	}
	if r.who != nil {
		r.who.Done(r.name)
	}
	if r.ctx.Err() != nil {
		o.found.fileKey.Destroy()
		return
	}
	select {
	case out <- o:
	case <-r.ctx.Done():
		o.found.fileKey.Destroy()
	}
	r.end(nil)
}

// serve answers the plugin's questions until talk is done or ctx ends.
func (r *pluginRun) serve(done <-chan outcome) (o outcome, finished bool) {
	tick := time.NewTicker(pluginTick)
	defer tick.Stop()
	for {
		select {
		case call := <-r.calls:
			call()
		case o = <-done:
			return o, true
		case <-r.ctx.Done():
			return o, false
		case <-tick.C:
			if written(r.thread.Load()) > maxWritten {
				r.end(pluginFault(r.name, errTooMuch))
			}
		}
	}
}

// quit ends the plugin: an interrupt first, so that it can let its device go.
func (r *pluginRun) quit(done <-chan outcome) (o outcome, finished bool) {
	for _, step := range []struct {
		end  func(thread int64)
		wait time.Duration
	}{{interruptChildren, pluginGrace}, {killChildren, pluginDeath}} {
		step.end(r.thread.Load())
		select {
		case o = <-done:
			return o, true
		case <-time.After(step.wait):
		}
	}
	return o, false
}

// talk is age's client at work. It keeps its thread, so that the plugin can be
// told from every other child of this process.
func (r *pluginRun) talk(own *secret.Buffer, work func(*plugin.ClientUI) (pluginFound, error), done chan<- outcome) {
	var o outcome
	defer func() {
		if p := recover(); p != nil {
			o = outcome{err: fault.New(fault.Internal, "", fmt.Errorf("plugin client: %v", p))}
		}
		own.Destroy()
		r.answer.Destroy()
		done <- o
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r.thread.Store(threadID())
	defer r.thread.Store(0)
	secret.Do(func() { o.found, o.err = work(r.ui()) })
}
