package identity

import "cryptodesk/engine/secret"

// Prompter shows a person what an age plugin says and asks. Its methods are
// called on any goroutine, one at a time, and block until there is an answer;
// an error (fault.Cancelled) gives up. plugin is the plugin's name, "yubikey"
// for age-plugin-yubikey. What a plugin says is untrusted text.
type Prompter interface {
	// Message shows a message that stays until the plugin is done.
	Message(plugin, message string)
	// Ask asks for a value; hidden says that it is a PIN or the like. The
	// answer becomes the caller's.
	Ask(plugin, prompt string, hidden bool) (*secret.Buffer, error)
	// Confirm asks for one of two answers; no may be empty.
	Confirm(plugin, prompt, yes, no string) (bool, error)
	// Waiting says that the plugin has not answered for a while: perhaps it
	// wants a touch.
	Waiting(plugin string)
	// Done ends what Message and Waiting showed.
	Done(plugin string)
}
