package batch

import (
	"slices"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// EncryptOptions says for whom and where to. Exactly one of To and Passphrase
// is set.
type EncryptOptions struct {
	To         []identity.Recipient
	Passphrase *secret.Buffer // the job takes it over and destroys it
	Armor      bool
	HideNames  bool            // random outer names; the real ones travel inside
	Dir        string          // where results go; "" is beside each original
	Out        string          // the exact result path, for a plan of one item
	Policy     safefile.Policy // what to do when a name is taken

	// RemoveOriginals deletes an original only after its result was read back
	// from disk and decrypted to the same bytes.
	RemoveOriginals bool

	Workers int // payload workers and small files side by side; 0 is one a core

	Prompter identity.Prompter // answers plugins among To; may be nil

	Agent   Agent // can open the results as well; nobody with a passphrase
	NoAgent bool  // somebody chose that no agent can; whoever fills Agent in heeds it
}

// Everybody is To and the agent.
func (o EncryptOptions) Everybody() []identity.Recipient {
	if o.Agent.IsZero() {
		return o.To
	}
	return append(slices.Clone(o.To), o.Agent.Main)
}

// Agent is somebody who can open everything that is encrypted to keys, in the
// form that a file's other keys have. The zero value is nobody.
type Agent struct {
	Main    identity.Recipient // post-quantum
	Classic identity.Recipient
	Notes   Notes // which files are theirs already; nil if nobody notes that
}

// IsZero says whether a is nobody.
func (a Agent) IsZero() bool { return a.Main.IsZero() }

// Notes remember files by their headers. Safe for concurrent use.
type Notes interface {
	Has(header []byte) bool
	Add(header []byte)
	Flush() error // at the end of a job; nothing is lost but time if it fails
}

// OpenOptions says with what and where to. Passphrase
// and Keys may both be set: files then open with whichever fits.
type OpenOptions struct {
	Passphrase *secret.Buffer   // the job takes it over and destroys it
	Keys       *identity.Opened // private keys; the job closes them
	Dir        string           // where results go; "" is beside each file
	Out        string           // the exact result path, for a plan of one item
	Policy     safefile.Policy
	Workers    int               // as in EncryptOptions
	Prompter   identity.Prompter // Rewrap only: answers plugins among the new recipients
	Agent      Agent             // Rewrap only, with NoAgent, as in EncryptOptions
	NoAgent    bool
}
