//go:build !linux

package safefile

import (
	"errors"
	"os"
)

// Only Linux has files without a name, and a flush of one whole disk that waits.

func createUnnamed(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }

func linkUnnamed(_, _ *os.File, _ string) error { return errors.ErrUnsupported }

func unnamedPath(file *os.File) string { return file.Name() }

func syncAll(*os.File) error { return errors.ErrUnsupported }

func traitsOf(*os.File) traits { return traits{nameMax: usualNameMax} }

// beginWriting has no counterpart that does not wait.
func beginWriting(*os.File) {}
