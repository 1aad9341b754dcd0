package agefile

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// about makes err a *fault.Error about path, unless it already is about something.
func about(path string, err error) error {
	if err == nil {
		return nil
	}
	f := fault.As(err)
	if f.Subject == "" {
		f = fault.New(f.Kind, path, f.Err)
	}
	return f
}

// asFault keeps a nil error nil, which a nil *fault.Error in an error is not.
func asFault(path string, err error) error {
	if err == nil {
		return nil
	}
	return fault.FromOS(path, err)
}

// destroyer is a secret that can be given up.
type destroyer interface{ Destroy() }

// patiently calls f, which cannot be interrupted (scrypt takes up to 16 s), and
// stops waiting when ctx ends; what f finds too late is destroyed.
func patiently[T destroyer](ctx context.Context, f func() (T, error)) (T, error) {
	type outcome struct {
		found T
		err   error
	}
	if ctx.Done() == nil {
		return f()
	}
	result := make(chan outcome)
	go func() {
		defer secret.Guard()
		found, err := f()
		select {
		case result <- outcome{found, err}:
		case <-ctx.Done():
			found.Destroy()
		}
	}()
	select {
	case o := <-result:
		return o.found, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
