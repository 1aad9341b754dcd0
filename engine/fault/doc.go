// Package fault names every failure a person can meet and act on.
//
// It owns the closed list of kinds, what is true of each (worth another try, exit code of a verb), and the translation of
// the operating system's errors into kinds. It owns no text: what happened and what to do about it live, per language, in
// the translations under "fault.<Kind>.what" and "fault.<Kind>.do", where {subject} stands for [Error.Subject].
//
// It imports nothing of this program, so every room may import it. It never holds a secret: a subject is a path, a file
// name or the name of a key pair or contact. All functions are pure and safe for concurrent use.
package fault
