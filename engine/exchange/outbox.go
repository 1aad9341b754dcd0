package exchange

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/transfer"
)

// outbox is where encrypted copies wait until they arrived. Each parcel has a
// folder of its own, and in it the copies, under numbers, and parcel.age, which
// says what they are: only whoever can open one's own files can read it. A
// parcel for the same peer of the same originals, unchanged, is gone on with.
type outbox struct {
	dir string

	mu   sync.Mutex
	sent map[string]bool // folders whose parcels are being sent
}

// take says that a parcel is being sent, until give; false if it is already.
func (b *outbox) take(dir string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.sent[dir]
	b.sent[dir] = true
	return !was
}

func (b *outbox) give(dir string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sent, dir)
}

func (b *outbox) taken(dir string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent[dir]
}

// Vault seals and opens what the outbox notes, with one's own keys. Open answers
// an error for what was sealed with others.
type Vault interface {
	Seal(plain *secret.Buffer) ([]byte, error)
	Open(raw []byte) (*secret.Buffer, error)
}

const (
	parcelFile = "parcel.age"
	maxParcel  = 32 << 20
	keepFor    = 7 * 24 * time.Hour
)

func newOutbox(dir string) *outbox { return &outbox{dir: dir, sent: make(map[string]bool)} }

// note is the plaintext of parcel.age.
type note struct {
	Offer   *transfer.Offer `json:"offer"`
	Paths   []string        `json:"paths"` // of what is sent, as Offer.Entries
	Sources []source        `json:"sources"`
}

// source is an original as it was. A folder's time is the latest in it.
type source struct {
	Path  string    `json:"path"`
	Size  int64     `json:"size"`
	Files int       `json:"files"`
	Time  time.Time `json:"time"`
}

// look describes originals, so that a change is noticed.
func look(ctx context.Context, paths []string) ([]source, error) {
	var all []source
	for _, path := range paths {
		s := source{Path: path}
		root, err := filepath.EvalSymlinks(path) // what a link given by name leads to is what is sent
		if err != nil {
			return nil, fault.FromOS(path, err)
		}
		err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return fault.New(fault.Cancelled, path, ctx.Err())
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if info.Mode().IsRegular() {
				s.Size += info.Size()
			}
			s.Files++
			if info.ModTime().After(s.Time) {
				s.Time = info.ModTime().UTC()
			}
			return nil
		})
		if err != nil {
			return nil, fault.FromOS(path, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// folder makes a new folder for a parcel.
func (b *outbox) folder() (string, error) {
	dir := filepath.Join(b.dir, transfer.NewID())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fault.FromOS(b.dir, err)
	}
	return dir, nil
}

// keep notes a parcel in its folder.
func (b *outbox) keep(dir string, v Vault, p *transfer.Parcel, from []source) error {
	text, err := json.Marshal(note{Offer: p.Offer, Paths: p.Paths, Sources: from})
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	plain := secret.Take(text)
	defer plain.Destroy()
	raw, err := v.Seal(plain)
	if err != nil {
		return err
	}
	_, err = safefile.WriteFile(filepath.Join(dir, parcelFile), raw, 0o600, safefile.Refuse)
	return err
}

// find is the parcel of the same originals for the same peer, and its folder.
func (b *outbox) find(v Vault, to transfer.Peer, from []source) (*transfer.Parcel, string, bool) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, "", false
	}
	for _, e := range entries {
		dir := filepath.Join(b.dir, e.Name())
		if b.taken(dir) {
			continue
		}
		n, err := b.read(dir, v)
		if err != nil || !n.whole() || !to.Signing.Equal(ed25519.PublicKey(n.Offer.To)) || !slices.Equal(n.Sources, from) {
			continue
		}
		return &transfer.Parcel{Offer: n.Offer, Paths: n.Paths}, dir, true
	}
	return nil, "", false
}

func (b *outbox) read(dir string, v Vault) (*note, error) {
	f, err := os.Open(filepath.Join(dir, parcelFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxParcel))
	if err != nil {
		return nil, err
	}
	plain, err := v.Open(raw)
	if err != nil {
		return nil, err
	}
	defer plain.Destroy()
	var n note
	if err := json.Unmarshal(plain.Bytes(), &n); err != nil {
		return nil, err
	}
	if n.Offer == nil || len(n.Paths) != len(n.Offer.Entries) {
		return nil, errors.New("parcel without an offer")
	}
	return &n, nil
}

// whole says whether all that is sent is still there: removing a parcel may have
// been cut short.
func (n *note) whole() bool {
	for i, path := range n.Paths {
		if info, err := os.Stat(path); err != nil || info.Size() != n.Offer.Entries[i].Size {
			return false
		}
	}
	return true
}

// sweep removes parcels that were not gone on with.
func (b *outbox) sweep(now time.Time) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > keepFor {
			_ = os.RemoveAll(filepath.Join(b.dir, e.Name())) // the next sweep tries again
		}
	}
}
