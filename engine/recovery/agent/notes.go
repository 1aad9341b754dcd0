package agent

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"sync"

	"cryptodesk/engine/fault"
)

const (
	title     = "# CryptoDesk: files that are open to the recovery agent already. It may be deleted.\n"
	noteSize  = 12       // bytes of an HMAC: no two of ten million files share one
	lineSize  = 16       // of it in base64
	maxNotes  = 64 << 20 // bytes of the file, four million notes; a longer one is begun anew
	unwritten = 1 << 10  // notes kept back until they are worth a write
)

type note [noteSize]byte

// Notes are the notes of one agent, a line a file: HMAC-SHA-256 of the file's
// header under a key that is in the keyring, so that they tell nobody else which
// files those are. Safe for concurrent use, also by several programs.
type Notes struct {
	path string
	key  []byte

	mu    sync.Mutex
	known map[note]struct{} // nil until somebody asks
	fresh []byte            // lines to be written
}

// Open is for the notes at path, which need not be there, under key. Nothing is
// read yet.
func Open(path string, key []byte) *Notes { return &Notes{path: path, key: key} }

func (n *Notes) of(header []byte) (id note) {
	mac := hmac.New(sha256.New, n.key)
	mac.Write(header)
	copy(id[:], mac.Sum(nil))
	return id
}

// Has says whether the file with that header is noted. Notes that cannot be
// read are none.
func (n *Notes) Has(header []byte) bool {
	id := n.of(header)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil {
		n.read()
	}
	_, there := n.known[id]
	return there
}

// Add notes that the file with that header is open to the agent.
func (n *Notes) Add(header []byte) {
	id := n.of(header)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known != nil {
		n.known[id] = struct{}{}
	}
	n.fresh = append(base64.RawStdEncoding.AppendEncode(n.fresh, id[:]), '\n')
	if len(n.fresh) >= unwritten*(lineSize+1) {
		_ = n.write() // the rest of the job tries again
	}
}

// Flush writes what was added. Errors: those of writing.
func (n *Notes) Flush() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.write()
}

// Forget deletes the notes.
func (n *Notes) Forget() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known, n.fresh = nil, nil
	if err := os.Remove(n.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.FromOS(n.path, err)
	}
	return nil
}

// read takes the whole lines; what a crash cut off is none.
func (n *Notes) read() {
	n.known = make(map[note]struct{})
	f, err := os.Open(n.path)
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var id note
		if line := lines.Bytes(); len(line) == lineSize {
			if _, err := base64.RawStdEncoding.Decode(id[:], line); err == nil {
				n.known[id] = struct{}{}
			}
		}
	}
}

// write appends in one piece, so that two programs write side by side, behind
// an end of line, which ends what a crash cut off.
func (n *Notes) write() error {
	if len(n.fresh) == 0 {
		return nil
	}
	how := os.O_APPEND
	if info, err := os.Stat(n.path); err == nil && info.Size() > maxNotes {
		how = os.O_TRUNC
	}
	f, err := os.OpenFile(n.path, os.O_WRONLY|os.O_CREATE|how, 0o600)
	if err != nil {
		return fault.FromOS(n.path, err)
	}
	text := append([]byte("\n"), n.fresh...)
	if info, err := f.Stat(); err == nil && info.Size() == 0 {
		text = append([]byte(title), n.fresh...)
	}
	_, err = f.Write(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fault.FromOS(n.path, err)
	}
	n.fresh = n.fresh[:0]
	return nil
}
