// Package agent remembers which files are open to the recovery agent already.
// The header of an age file does not show whom it is for, so without a note a
// folder gone through twice would get a second entry in every header.
//
// It owns the file of notes and nothing else: who the agent is stands in the
// keyring, and a lost note costs an entry in a header and no way in. It may
// import fault; it never sees a key.
package agent
