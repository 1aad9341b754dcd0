package agefile

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"cryptodesk/engine/fault"
)

const (
	maxName      = 64 << 10  // bytes of a path in an archive
	maxNames     = 512 << 20 // bytes of all paths together: they are remembered
	holeSize     = 64 << 10  // bytes: a stretch of zeros this long is not written
	writeWorkers = 4         // at most: they wait for the file system, not for a core
)

// sparseLimit is the size of all sparse files of an archive together, in bytes,
// holes counted: a hole of 2^63 costs an archive nothing. Tests lower it.
var sparseLimit int64 = 2 << 40

// unpacker writes the entries of one archive into root. Folders are made at
// once, files by several workers, links at the very end: no link exists while
// anything is written, so nothing is ever written through one.
type unpacker struct {
	ctx  context.Context
	root *os.Root

	count  int
	bytes  int             // of all names
	sparse int64           // bytes of all sparse files
	seen   map[string]byte // what each path is: a tar type
	dirs   []placed        // with the permissions and time they get at the end
	links  []placed
	out    map[string]bool // links left out
	notes  []*fault.Error

	small   chan small
	free    chan []byte
	workers sync.WaitGroup
	once    sync.Once
	failed  chan struct{} // closed when err is set
	err     error
}

// placed is an entry that is finished at the end.
type placed struct {
	name string
	to   string // of a link: where it leads
	kind byte
	mode fs.FileMode
	time time.Time
}

// small is a file whose content is in memory, waiting to be written.
type small struct {
	placed
	data []byte
}

func newUnpacker(ctx context.Context, root *os.Root) *unpacker {
	n := min(writeWorkers, runtime.GOMAXPROCS(0)+1)
	u := &unpacker{
		ctx: ctx, root: root, seen: make(map[string]byte), out: make(map[string]bool),
		small: make(chan small), free: make(chan []byte, n+1), failed: make(chan struct{}),
	}
	for range n + 1 {
		u.free <- nil
	}
	for range n {
		u.workers.Go(func() {
			for s := range u.small {
				if err := u.write(s.placed, bytes.NewReader(s.data), int64(len(s.data))); err != nil {
					u.once.Do(func() { u.err = err; close(u.failed) })
				}
				u.giveBack(s.data)
			}
		})
	}
	return u
}

// wait is for the workers; the archive was read.
func (u *unpacker) wait() error {
	close(u.small)
	u.workers.Wait()
	return u.err
}

func (u *unpacker) block() []byte {
	b := <-u.free
	if b == nil {
		b = make([]byte, armorBuffer)
	}
	return b[:armorBuffer]
}

func (u *unpacker) giveBack(b []byte) { u.free <- b }

// entry takes one entry of the archive; content is its data.
func (u *unpacker) entry(head *tar.Header, content io.Reader) error {
	if err := u.ctx.Err(); err != nil {
		return fault.New(fault.Cancelled, "", err)
	}
	if head.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	if u.count++; u.count > maxEntries {
		return fault.New(fault.TooMany, "", nil)
	}
	name, err := u.safeName(head.Name)
	if err != nil {
		return err
	}
	e := placed{name: name, to: head.Linkname, kind: head.Typeflag, mode: fs.FileMode(head.Mode).Perm(), time: head.ModTime}
	switch head.Typeflag {
	case tar.TypeDir:
		return u.folder(e)
	case tar.TypeReg, tar.TypeGNUSparse:
		if e.kind = tar.TypeReg; isSparse(head) {
			if u.sparse += min(head.Size, sparseLimit); u.sparse >= sparseLimit {
				return fault.New(fault.TooLarge, head.Name, nil)
			}
		}
		return u.file(e, content, head.Size)
	case tar.TypeSymlink, tar.TypeLink:
		if err := u.claim(e.name, e.kind); err != nil {
			return err
		}
		u.links = append(u.links, e)
		return nil
	}
	return fault.New(fault.UnsupportedEntry, head.Name, nil)
}

// isSparse says whether a file may be larger than its part of the archive.
func isSparse(head *tar.Header) bool {
	if head.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range head.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// safeName is the clean form of a name in the archive.
func (u *unpacker) safeName(name string) (string, error) {
	if name == "" || strings.ContainsRune(name, 0) {
		return "", fault.New(fault.ArchiveDamaged, name, nil)
	}
	if path.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fault.New(fault.UnsafePath, name, nil)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return "", fault.New(fault.UnsafePath, name, nil)
		}
	}
	clean := path.Clean(name)
	switch {
	case strings.Count(clean, "/") > maxDepth:
		return "", fault.New(fault.TooDeep, name[:min(len(name), 200)], nil)
	case len(clean) > maxName:
		return "", fault.New(fault.NameTooLong, name[:min(len(name), 200)], nil)
	}
	if u.bytes += len(clean); u.bytes > maxNames {
		return "", fault.New(fault.TooMany, "", nil)
	}
	return clean, nil
}

// claim takes a name and makes the folders above it.
func (u *unpacker) claim(name string, kind byte) error {
	if was, taken := u.seen[name]; taken && (was != tar.TypeDir || kind != tar.TypeDir) || name == "." && kind != tar.TypeDir {
		return fault.New(fault.DuplicateEntry, name, nil)
	}
	u.seen[name] = kind
	parent := path.Dir(name)
	switch was, there := u.seen[parent]; {
	case parent == "." || there && was == tar.TypeDir:
		return nil
	case there:
		return fault.New(fault.DuplicateEntry, parent, nil)
	}
	if err := u.claim(parent, tar.TypeDir); err != nil {
		return err
	}
	return u.mkdir(parent)
}

func (u *unpacker) mkdir(name string) error {
	err := u.root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.DuplicateEntry, name, err) // the same name to this file system
	}
	return asFault(name, err)
}

func (u *unpacker) folder(e placed) error {
	_, again := u.seen[e.name]
	if err := u.claim(e.name, e.kind); err != nil {
		return err
	}
	u.dirs = append(u.dirs, e)
	if again || e.name == "." {
		return nil
	}
	return u.mkdir(e.name)
}

// file writes a large file itself and hands a small one to a worker.
func (u *unpacker) file(e placed, content io.Reader, size int64) error {
	if err := u.claim(e.name, e.kind); err != nil {
		return err
	}
	block := u.block()
	if size > int64(len(block)) {
		defer u.giveBack(block)
		return u.write(e, content, size)
	}
	if _, err := io.ReadFull(content, block[:size]); err != nil {
		u.giveBack(block)
		return err
	}
	select {
	case u.small <- small{e, block[:size]}:
		return nil
	case <-u.failed:
		u.giveBack(block)
		return u.err
	}
}

// write makes one file. Long stretches of zeros become holes.
func (u *unpacker) write(e placed, content io.Reader, size int64) (err error) {
	file, err := u.root.OpenFile(e.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.DuplicateEntry, e.name, err)
	}
	if err != nil {
		return fault.FromOS(e.name, err)
	}
	defer func() {
		if cerr := file.Close(); err == nil {
			err = asFault(e.name, cerr)
		}
		if err == nil {
			err = asFault(e.name, u.root.Chtimes(e.name, time.Time{}, e.time))
		}
	}()
	if size > holeSize {
		err = u.copySparse(file, content, size)
	} else {
		_, err = io.Copy(struct{ io.Writer }{file}, content)
	}
	if err != nil {
		return fileFault(e.name, err)
	}
	if err := file.Chmod(e.mode); !errors.Is(err, fs.ErrPermission) { // some disks keep no permissions
		return asFault(e.name, err)
	}
	return nil
}

// copySparse copies size bytes and skips what is zero.
func (u *unpacker) copySparse(file *os.File, content io.Reader, size int64) error {
	if err := file.Truncate(size); err != nil {
		return err
	}
	block := make([]byte, holeSize)
	for at := int64(0); at < size; {
		if err := u.ctx.Err(); err != nil {
			return fault.New(fault.Cancelled, "", err)
		}
		n, err := io.ReadFull(content, block[:min(holeSize, size-at)])
		if err != nil {
			return err
		}
		if !bytes.Equal(block[:n], zeros[:n]) {
			if _, err := file.WriteAt(block[:n], at); err != nil {
				return err
			}
		}
		at += int64(n)
	}
	return nil
}

var zeros [holeSize]byte

// fileFault keeps what the archive said and names the file of what the disk said.
func fileFault(name string, err error) error {
	if errors.As(err, new(*fs.PathError)) {
		return fault.FromOS(name, err)
	}
	return err
}
