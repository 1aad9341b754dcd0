package safefile

import (
	"errors"
	"io/fs"
	"os"

	"cryptodesk/engine/fault"
)

// Policy says what Commit does when the name is already taken.
type Policy int

const (
	KeepBoth Policy = iota // publish as "name (2).ext", the next free number
	Refuse                 // fault.Exists
	Replace                // the old file stays whole until the instant it is replaced; never replaces a folder
	Skip                   // ErrSkipped
)

// ErrSkipped is what Commit answers under Skip when the name is taken.
var ErrSkipped = errors.New("skipped: the name is taken")

// numbersTried bounds the search for a free name; each try is a system call of about a microsecond.
const numbersTried = 10_000

// Precheck answers now what Commit would answer if nothing changed until then:
// ErrSkipped under Skip, fault.Exists under Refuse, and under Replace when a
// folder has that name. It saves the work for a result nobody wants; it
// promises nothing.
func Precheck(target string, policy Policy) error {
	info, err := os.Lstat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist), policy == KeepBoth:
		return nil
	case err != nil:
		return fault.FromOS(target, err)
	case policy == Skip:
		return ErrSkipped
	case policy == Replace && !info.IsDir():
		return nil
	}
	return fault.New(fault.Exists, target, nil)
}

// settle publishes under name, or under the name policy leads to. place must
// fail with fs.ErrExist rather than replace anything; over may replace.
func settle(name string, nameMax int, policy Policy, split func(string) (stem, ext string),
	place, over func(name string) error) (string, error) {
	err := place(name)
	if !errors.Is(err, fs.ErrExist) {
		return name, err
	}
	switch policy {
	case Skip:
		return "", ErrSkipped
	case Refuse:
		return "", err
	case Replace:
		return name, over(name)
	}
	stem, ext := split(name)
	for n := 2; n < numbersTried && errors.Is(err, fs.ErrExist); n++ {
		free, ok := numbered(stem, ext, n, nameMax)
		if !ok {
			return "", fault.New(fault.NameTooLong, name, nil)
		}
		name, err = free, place(free)
	}
	return name, err
}
