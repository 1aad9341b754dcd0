package identity

import (
	"context"

	"cryptodesk/engine/secret"
)

// Prompter shows a person what an age plugin says and asks. Its methods are
// called on any goroutine, one at a time. Ask and Confirm block until there is
// an answer, and give up with fault.Cancelled when ctx ends: the job was
// cancelled, or the session locked. An error of theirs ends the plugin, and
// becomes the outcome of what it was asked to do.
//
// plugin is the plugin's name, "yubikey" for age-plugin-yubikey. What a plugin
// says is untrusted: it arrives on one line, without control and direction
// characters and shortened (maxSaid), and is still to be shown as the plugin's
// words, never as our own.
type Prompter interface {
	// Message shows a message until Done. stop gives the plugin up; it may be
	// called on any goroutine, also after Done.
	Message(plugin, message string, stop func())
	// Ask asks for a value; hidden says that it is a PIN or the like. The
	// answer becomes the caller's.
	Ask(ctx context.Context, plugin, prompt string, hidden bool) (*secret.Buffer, error)
	// Confirm asks for one of two answers; no is empty when there is only one.
	Confirm(ctx context.Context, plugin, prompt, yes, no string) (bool, error)
	// Waiting says that the plugin has not answered for five seconds: perhaps
	// it wants a touch. stop as for Message.
	Waiting(plugin string, stop func())
	// Done ends what Message and Waiting showed.
	Done(plugin string)
}
