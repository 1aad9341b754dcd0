package transfer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Inbox keeps what is coming in, and what came in part, from one run to the
// next. Safe for concurrent use.
//
// Each transfer has a ledger, a file in the profile that says where its
// unfinished files lie and which bytes of them are safely on the disk. The
// unfinished files lie where they will appear, as
// ".cryptodesk-transfer-<contact>-<transfer>-<entry>.part". A ledger holds no
// name of a file.
type Inbox struct {
	store *safefile.Store
	dir   string // of the ledgers

	files  sync.Mutex // of the ledgers: one is made, read or swept at a time
	mu     sync.Mutex
	open   map[string]bool      // transfers that are being received now
	asking map[string]bool      // peers about whose offer somebody is being asked
	quiet  map[string]time.Time // peers who are not asked about before that
	now    func() time.Time
}

// keepFor is how long an unfinished transfer can be gone on with.
const keepFor = 7 * 24 * time.Hour

const (
	maxLedger    = 4 << 20
	ledgerSuffix = ".transfer"
)

// NewInbox keeps its ledgers in the folder dir, which is made (0700) when needed.
func NewInbox(store *safefile.Store, dir string) *Inbox {
	return &Inbox{store: store, dir: dir, open: make(map[string]bool), asking: make(map[string]bool), quiet: make(map[string]time.Time), now: time.Now}
}

// ledger is one transfer. Its file is one line of ledgerHead, then a line of
// ledgerLine for each thing that happened; a last line that a crash cut is no line.
type ledger struct {
	inbox *Inbox
	name  string // of its file, without the suffix
	head  ledgerHead
	file  *os.File
	parts map[int]int64 // entry to bytes that are on the disk
	done  map[int]bool  // entries that have their name
	fresh bool          // nothing of it came before
	whole int64         // bytes of the file that are lines
}

type ledgerHead struct {
	Version int       `json:"version"`
	Folder  string    `json:"folder"`
	Offer   []byte    `json:"offer"` // SHA-256
	Entries int       `json:"entries"`
	Began   time.Time `json:"began"`
	Boot    string    `json:"boot,omitempty"`
}

type ledgerLine struct {
	Entry  int   `json:"entry"`
	Synced int64 `json:"synced,omitempty"`
	Stored bool  `json:"stored,omitempty"`
}

// peerTag is a short name of a peer for files: what of a key's digest nobody
// meets by chance.
func peerTag(p Peer) string {
	sum := sha256.Sum256(p.Signing)
	return hex.EncodeToString(sum[:8])
}

// begin opens the ledger of an offer, of this run or an earlier one; folder is
// where files go if it is new. Errors: OfferBad (the ID was another offer's),
// PeerBusy (it is being received), and those of the disk.
func (in *Inbox) begin(p Peer, o *Offer, digest [sha256.Size]byte, folder string) (*ledger, error) {
	name := peerTag(p) + "-" + o.ID
	in.mu.Lock()
	busy := in.open[name]
	in.open[name] = true
	in.mu.Unlock()
	if busy {
		return nil, fault.New(fault.PeerBusy, p.Name, nil)
	}
	in.files.Lock()
	defer in.files.Unlock()
	l := &ledger{inbox: in, name: name, parts: make(map[int]int64), done: make(map[int]bool)}
	err := l.load()
	if err == nil { // what is written next is a line of its own
		err = l.file.Truncate(l.whole)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.fresh = true
		err = l.create(ledgerHead{Version: 1, Folder: folder, Offer: digest[:], Entries: len(o.Entries), Began: time.Now().UTC(), Boot: boot()})
	case err == nil && (!bytes.Equal(l.head.Offer, digest[:]) || l.head.Entries != len(o.Entries)):
		err = fault.New(fault.OfferBad, p.Name, nil)
	}
	if err != nil {
		l.leave()
		return nil, fault.FromOS(in.dir, err)
	}
	return l, nil
}

// known says whether an offer was agreed to before and has not ended: the ledger
// of it is there.
func (in *Inbox) known(p Peer, o *Offer, digest [sha256.Size]byte) (folder string, ok bool) {
	in.files.Lock()
	defer in.files.Unlock()
	l := &ledger{inbox: in, name: peerTag(p) + "-" + o.ID, parts: make(map[int]int64), done: make(map[int]bool)}
	if err := l.load(); err != nil {
		return "", false
	}
	defer l.file.Close()
	return l.head.Folder, bytes.Equal(l.head.Offer, digest[:])
}

// quietFor is how long a peer is not asked about again after an offer that
// nobody took: neither a flood of prompts nor a nagging one gets through.
const quietFor = 10 * time.Second

// turn takes the one prompt that a peer may have at a time; over gives it back.
// Errors: PeerBusy.
func (in *Inbox) turn(p Peer) (over func(taken bool), err error) {
	tag := peerTag(p)
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.asking[tag] || in.now().Before(in.quiet[tag]) {
		return nil, fault.New(fault.PeerBusy, p.Name, nil)
	}
	in.asking[tag] = true
	return func(taken bool) {
		in.mu.Lock()
		defer in.mu.Unlock()
		delete(in.asking, tag)
		delete(in.quiet, tag)
		if !taken {
			in.quiet[tag] = in.now().Add(quietFor)
		}
	}, nil
}

func (l *ledger) path() string { return filepath.Join(l.inbox.dir, l.name+ledgerSuffix) }

func (l *ledger) create(head ledgerHead) error {
	l.head = head
	if err := os.MkdirAll(l.inbox.dir, 0o700); err != nil {
		return err
	}
	line, err := json.Marshal(head)
	if err != nil {
		return err
	}
	l.file, err = os.OpenFile(l.path(), os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err = l.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return l.file.Sync()
}

// load reads the ledger; fs.ErrNotExist when there is none, or none that can be
// used.
func (l *ledger) load() error {
	file, err := os.OpenFile(l.path(), os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	r := bufio.NewReader(io.LimitReader(file, maxLedger))
	line, err := r.ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &l.head) != nil || l.head.Version != 1 || !filepath.IsAbs(l.head.Folder) {
		file.Close()
		if err := os.Remove(l.path()); err != nil {
			return err
		}
		return fs.ErrNotExist
	}
	for l.read(line) {
		l.whole += int64(len(line))
		if line, err = r.ReadBytes('\n'); err != nil {
			break // the end, or what a crash has cut
		}
	}
	l.file = file
	return nil //nolint:nilerr // what can be read counts
}

// read takes in one line, and says whether it is one; the head is read already.
func (l *ledger) read(line []byte) bool {
	if l.whole == 0 {
		return true
	}
	var n ledgerLine
	if json.Unmarshal(line, &n) != nil || n.Entry < 0 || n.Entry >= l.head.Entries {
		return false
	}
	if n.Stored {
		l.done[n.Entry] = true
	} else {
		l.parts[n.Entry] = n.Synced
	}
	return true
}

func (l *ledger) write(n ledgerLine) error {
	line, err := json.Marshal(n)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fault.FromOS(l.inbox.dir, err)
	}
	return nil
}

// store notes that an entry has its name.
func (l *ledger) store(entry int) error {
	l.done[entry] = true
	return l.write(ledgerLine{Entry: entry, Stored: true})
}

func (l *ledger) partName(entry int) string {
	return fmt.Sprintf(".cryptodesk-transfer-%s-%d.part", l.name, entry)
}

func (l *ledger) target(name string) string { return filepath.Join(l.head.Folder, name) }

// leave lets go of the transfer; it can be gone on with.
func (l *ledger) leave() {
	if l.file != nil {
		l.file.Close()
	}
	l.inbox.mu.Lock()
	defer l.inbox.mu.Unlock()
	delete(l.inbox.open, l.name)
}

// forget removes what came in part, and the ledger.
func (l *ledger) forget() error {
	var first error
	for entry := range l.parts {
		if l.done[entry] {
			continue
		}
		if err := l.inbox.store.RemovePart(l.head.Folder, l.partName(entry)); err != nil && fault.Of(err) != fault.NotFound && first == nil {
			first = err
		}
	}
	if first != nil {
		return first
	}
	if err := os.Remove(l.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.FromOS(l.inbox.dir, err)
	}
	return nil
}

// Sweep removes what came in part more than seven days ago. The error is the first of
// what could not be removed.
func (in *Inbox) Sweep(now time.Time) error {
	entries, err := os.ReadDir(in.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.FromOS(in.dir, err)
	}
	var first error
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ledgerSuffix)
		info, err := e.Info()
		if !ok || err != nil || now.Sub(info.ModTime()) < keepFor {
			continue
		}
		if err := in.sweep(name); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (in *Inbox) sweep(name string) error {
	in.files.Lock()
	defer in.files.Unlock()
	in.mu.Lock()
	busy := in.open[name]
	in.mu.Unlock()
	if busy {
		return nil
	}
	l := &ledger{inbox: in, name: name, parts: make(map[int]int64), done: make(map[int]bool)}
	if err := l.load(); err != nil {
		return nil // nothing is left of it
	}
	defer l.file.Close()
	return l.forget()
}
