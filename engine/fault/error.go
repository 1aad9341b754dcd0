package fault

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"syscall"
)

// Error is a failure with its kind, what it is about, and the cause for those who ask for details. Fields are never
// changed after New, so one Error may be read from several goroutines.
type Error struct {
	Kind    Kind
	Subject string // a path or a name, "" when there is none; never a secret
	Err     error  // the cause, may be nil
}

// New makes an Error. cause may be nil.
func New(k Kind, subject string, cause error) *Error {
	return &Error{Kind: k, Subject: subject, Err: cause}
}

// Error is for logs and details to copy; the sentences for people come from the translations. The subject is quoted so
// that a file name cannot break a line or write to a terminal.
func (e *Error) Error() string {
	text := string(e.Kind)
	if e.Subject != "" {
		text += " " + strconv.Quote(e.Subject)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Of returns the kind of err: "" for nil, the kind of the outermost *Error in its chain, Cancelled for a cancelled
// context, the kind of an operating system error, Internal otherwise.
func Of(err error) Kind {
	if err == nil {
		return ""
	}
	if e := find(err); e != nil {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) {
		return Cancelled
	}
	return ofOS(err)
}

// As returns err as an *Error: the outermost one in its chain, or a new one of the kind [Of] gives. It is nil only for nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	if e := find(err); e != nil {
		return e
	}
	return New(Of(err), pathOf(err), err)
}

// FromOS gives an operating system error a kind and a subject. An err that already is a fault is returned as it is, and
// nil stays nil.
func FromOS(subject string, err error) *Error {
	if err == nil {
		return nil
	}
	if e := find(err); e != nil {
		return e
	}
	return New(Of(err), subject, err)
}

func find(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// ofOS asks the error number first, since fs.ErrPermission and its like fold several numbers into one.
func ofOS(err error) Kind {
	var number syscall.Errno
	if errors.As(err, &number) {
		if k, ok := byNumber[number]; ok {
			return k
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrExist):
		return Exists
	case errors.Is(err, fs.ErrPermission):
		return Permission
	}
	return Internal
}

func pathOf(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Path
	}
	return ""
}
