//go:build !linux

package scan

import (
	"context"
	"errors"
	"os"

	"cryptodesk/engine/fault"
)

// Supported says whether a process can be searched here.
const Supported = false

var pageSize = os.Getpagesize()

// Own is for systems where a process can read itself by address.
func (s *Set) Own(context.Context) (*Report, error) {
	return nil, fault.New(fault.Permission, "", errors.ErrUnsupported)
}
