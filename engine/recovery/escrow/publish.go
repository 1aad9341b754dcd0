package escrow

import (
	"bytes"
	"io"
	"io/fs"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// publish writes raw to path, which must be free, and reads it back. What is
// to be noted, if anything, is in the log before the file has its name: a crash in between leaves
// a note of something that nobody has, never the reverse.
func publish(store *safefile.Store, path string, raw []byte, mode fs.FileMode, n *note) error {
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return err
	}
	f, err := store.Create(path, mode)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(raw); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if n != nil {
		if err := n.write(); err != nil {
			return err
		}
	}
	final, err := f.Commit(safefile.Refuse)
	if final == "" && n != nil {
		// If this fails too the note stays, which refuses too much rather than
		// too little.
		_ = n.erase()
	}
	if err != nil {
		return err
	}
	return readsBack(final, raw)
}

func readsBack(path string, raw []byte) error {
	on, err := readFile(path, len(raw))
	if err != nil {
		return err
	}
	if !bytes.Equal(on, raw) {
		return fault.New(fault.DiskError, path, nil)
	}
	return nil
}

// readFile reads a whole file of at most max bytes.
func readFile(path string, max int) ([]byte, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if src.Size() > int64(max) {
		return nil, fault.New(fault.TooLarge, path, nil)
	}
	raw := make([]byte, src.Size())
	if _, err := io.ReadFull(src, raw); err != nil {
		return nil, fault.FromOS(path, err)
	}
	return raw, nil
}
