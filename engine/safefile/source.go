package safefile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"cryptodesk/engine/fault"
)

// Source is a regular file opened for reading and what it looked like at that
// moment. ReadAt may be called from many goroutines; Read by one at a time.
type Source struct {
	path string
	file *os.File
	was  fs.FileInfo
}

// OpenSource opens the regular file at path, through symbolic links. It never
// waits: folders, devices, pipes and sockets are refused with fault.NotRegular
// and a pipe is not even opened unless it takes the file's place in between.
// Other faults: NotFound, DanglingLink, LinkLoop, Permission.
func OpenSource(path string) (*Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, missing(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.NotRegular, path, nil)
	}
	file, err := openReading(path)
	if err != nil {
		return nil, missing(path, err)
	}
	info, err = file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fault.New(fault.NotRegular, path, nil)
	}
	if err != nil {
		file.Close()
		return nil, fault.FromOS(path, err)
	}
	return &Source{path: path, file: file, was: info}, nil
}

// missing tells a link to nothing from nothing.
func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if info, lerr := os.Lstat(path); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fault.New(fault.DanglingLink, path, err)
		}
	}
	return fault.FromOS(path, err)
}

// Read reads on from where the last Read ended. It may give more or fewer bytes
// than Size says when the file changes: ask Changed at the end.
func (s *Source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	return n, s.failed(err)
}

// ReadAt reads at off, as io.ReaderAt says.
func (s *Source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.file.ReadAt(p, off)
	return n, s.failed(err)
}

func (s *Source) failed(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return fault.FromOS(s.path, err)
}

// Path is the path it was opened by.
func (s *Source) Path() string { return s.path }

// Size is the number of bytes it had when it was opened.
func (s *Source) Size() int64 { return s.was.Size() }

// Mode is the type and the permissions it had when it was opened.
func (s *Source) Mode() fs.FileMode { return s.was.Mode() }

// ModTime is when it had last been written before it was opened.
func (s *Source) ModTime() time.Time { return s.was.ModTime() }

// Changed is to be asked after the last read: nil when what was read is what
// the path still holds. fault.SourceGone when nothing is there any more;
// fault.SourceChanged when another file is, or when size, modification time or
// (on Unix) inode change time moved. A change within the same tick of the
// kernel's clock (a few milliseconds) and of the same size is not seen.
func (s *Source) Changed() error {
	there, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.SourceGone, s.path, err)
	case err != nil:
		return fault.FromOS(s.path, err)
	}
	// The open file, not the path: a network disk may answer the path from a cache.
	now, err := s.file.Stat()
	if err != nil {
		return fault.FromOS(s.path, err)
	}
	same := os.SameFile(s.was, there) && now.Size() == s.was.Size() && now.ModTime().Equal(s.was.ModTime()) &&
		changeTime(now).Equal(changeTime(s.was))
	if !same {
		return fault.New(fault.SourceChanged, s.path, nil)
	}
	return nil
}

// Close closes the file. The other methods must not be used after it.
func (s *Source) Close() error { return s.file.Close() }
