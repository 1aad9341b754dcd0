// Package agefile turns one file or folder into one age file and back: it
// writes and opens headers, says what a file is without a key, changes who can
// open it, and packs folders as tar. What it writes is age v1
// (https://c2sp.org/age), so the stock age program opens all of it, and it
// opens what the stock program wrote. engine/FORMATS.md says how.
//
// It owns the way from a path to an unpublished file and back. It may import
// safefile, secret, fault, its own stream and filippo.io/age; it never
// publishes anything (the caller commits after a nil error), never keeps a key
// past a call, and never makes a string of a secret.
//
// Every error is a *fault.Error. Every function stops soon after its context
// is cancelled and then answers fault.Cancelled. Functions are safe for
// concurrent use as long as each call has its own source, destination and
// Scratch.
package agefile
