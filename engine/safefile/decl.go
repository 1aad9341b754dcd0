package safefile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// Policy says what Commit does when the name is already taken.
type Policy int

const (
	KeepBoth Policy = iota // publish as "name (2).ext", the next free number
	Refuse                 // fault.Exists
	Replace                // the old one stays whole until the instant it is replaced
	Skip                   // ErrSkipped
)

// ErrSkipped is what Commit answers under Skip when the name is taken.
var ErrSkipped = errors.New("skipped: the name is taken")

// Result is the outcome of one file of CommitAll.
type Result struct {
	Path string // where it was published; "" if it was not
	Err  error  // *fault.Error or ErrSkipped
}

// Store makes files and folders. Safe for concurrent use.
type Store struct{}

func New(journal string) *Store                                        { panic("in flight") }
func (s *Store) Sweep() (removed int, err error)                       { panic("in flight") }
func (s *Store) Close() error                                          { panic("in flight") }
func (s *Store) Create(target string, mode fs.FileMode) (*File, error) { panic("in flight") }
func (s *Store) CreateDir(target string, mode fs.FileMode) (*Dir, error) {
	panic("in flight")
}

// Precheck answers at once what Commit would answer if nothing changed:
// fault.Exists under Refuse and ErrSkipped under Skip when target is taken.
func Precheck(target string, policy Policy) error { panic("in flight") }

// File is a file that has no name yet.
type File struct{}

func (f *File) Write(p []byte) (int, error)              { panic("in flight") }
func (f *File) WriteAt(p []byte, off int64) (int, error) { panic("in flight") }
func (f *File) ReadAt(p []byte, off int64) (int, error)  { panic("in flight") }
func (f *File) Sync() error                              { panic("in flight") }
func (f *File) SetTimes(mtime time.Time)                 { panic("in flight") }
func (f *File) Target() string                           { panic("in flight") }
func (f *File) Commit(policy Policy) (final string, err error) {
	panic("in flight")
}
func (f *File) Discard() {}

// CommitAll publishes many small files for the price of one flush.
func CommitAll(ctx context.Context, files []*File, policy Policy) []Result { panic("in flight") }

// Dir is a folder that has no final name yet.
type Dir struct{}

func (d *Dir) Root() *os.Root           { panic("in flight") }
func (d *Dir) SetTimes(mtime time.Time) { panic("in flight") }
func (d *Dir) Target() string           { panic("in flight") }
func (d *Dir) Commit(policy Policy) (final string, err error) {
	panic("in flight")
}
func (d *Dir) Discard() {}

// Source is a regular file opened for reading and what it looked like then.
type Source struct{}

func OpenSource(path string) (*Source, error)             { panic("in flight") }
func (s *Source) Read(p []byte) (int, error)              { panic("in flight") }
func (s *Source) ReadAt(p []byte, off int64) (int, error) { panic("in flight") }
func (s *Source) Path() string                            { panic("in flight") }
func (s *Source) Size() int64                             { panic("in flight") }
func (s *Source) Mode() fs.FileMode                       { panic("in flight") }
func (s *Source) ModTime() time.Time                      { panic("in flight") }
func (s *Source) Changed() error                          { panic("in flight") }
func (s *Source) Close() error                            { panic("in flight") }

// Visible is name with control, bidi and invalid bytes made visible.
func Visible(name string) string { panic("in flight") }
