package search

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"

	"golang.org/x/crypto/chacha20poly1305"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// A checkpoint says how far a search came. What is remembered is not in it: it
// is sealed with a key that scrypt makes of the whole recipe, as dear as one
// guess, so going on takes the same recipe again, and somebody who finds
// the file and wants to know what is remembered must guess all of it at the
// price of guessing the passphrase.
const (
	checkpointTitle  = "CryptoDesk search checkpoint v1\n"
	checkpointFamily = "CryptoDesk search checkpoint v"
	saltSize         = 16
	maxRedo          = 256
	noteSize         = sha256.Size + (6+maxRedo)*8
	checkpointSize   = len(checkpointTitle) + saltSize + chacha20poly1305.NonceSizeX + noteSize + chacha20poly1305.Overhead + sha256.Size
)

// checkpoint is one file, and the key it is sealed with.
type checkpoint struct {
	path  string
	store *safefile.Store
	salt  [saltSize]byte
	key   *secret.Buffer
}

// note is what is sealed: which search, and how far.
type note struct {
	target        [sha256.Size]byte
	shard, shards uint64
	total         uint64 // guesses of all shards
	next          uint64 // all guesses before it are done,
	elapsed       uint64 // in so many nanoseconds,
	unfinished    uint64 // but for so many of the following
	redo          [maxRedo]uint64
}

func (n *note) numbers() (all []*uint64) {
	all = []*uint64{&n.shard, &n.shards, &n.total, &n.next, &n.elapsed, &n.unfinished}
	for i := range n.redo {
		all = append(all, &n.redo[i])
	}
	return all
}

// pending are the guesses before next that are not done.
func (n *note) pending() []uint64 { return n.redo[:min(n.unfinished, maxRedo)] }

// openCheckpoint derives the key for the checkpoint at path, and reads it when
// there is one: found says so. with has room for one guess. Errors:
// CheckpointDamaged, CheckpointForeign (of another recipe), TooNew, Cancelled,
// those of reading.
func openCheckpoint(store *safefile.Store, path string, g *Guesses, with *scrypt) (c *checkpoint, n note, found bool, err error) {
	raw, err := readCheckpoint(path)
	if err != nil && fault.Of(err) != fault.NotFound {
		return nil, n, false, err
	}
	found = err == nil
	c = &checkpoint{store: store, path: path}
	if found {
		copy(c.salt[:], raw[len(checkpointTitle):])
	} else {
		rand.Read(c.salt[:])
	}
	if !c.derive(g, with) {
		c.close()
		return nil, n, false, fault.New(fault.Cancelled, path, nil)
	}
	if found {
		if n, err = c.open(raw); err != nil {
			c.close()
			return nil, n, false, err
		}
	}
	return c, n, found, nil
}

func (c *checkpoint) derive(g *Guesses, with *scrypt) (done bool) {
	c.key = secret.New(keySize)
	secret.Do(func() {
		recipe := g.recipe.digest()
		done = with.key(c.key.Bytes(), recipe[:], append([]byte("CryptoDesk v1: search checkpoint"), c.salt[:]...))
		clear(recipe[:])
	})
	return done
}

func (c *checkpoint) close() {
	if c != nil {
		c.key.Destroy()
	}
}

// readCheckpoint reads the file and sees that it is whole.
func readCheckpoint(path string) ([]byte, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	raw := make([]byte, min(src.Size(), int64(checkpointSize)+1))
	if _, err := io.ReadFull(src, raw); err != nil {
		return nil, fault.FromOS(path, err)
	}
	switch body := len(raw) - sha256.Size; {
	case bytes.HasPrefix(raw, []byte(checkpointFamily)) && !bytes.HasPrefix(raw, []byte(checkpointTitle)):
		return nil, fault.New(fault.TooNew, path, nil)
	case len(raw) != checkpointSize, !bytes.HasPrefix(raw, []byte(checkpointTitle)),
		sha256.Sum256(raw[:body]) != [sha256.Size]byte(raw[body:]):
		return nil, fault.New(fault.CheckpointDamaged, path, nil)
	}
	return raw, nil
}

func (c *checkpoint) open(raw []byte) (n note, err error) {
	at := len(checkpointTitle) + saltSize
	nonce, box := raw[at:at+chacha20poly1305.NonceSizeX], raw[at+chacha20poly1305.NonceSizeX:len(raw)-sha256.Size]
	secret.Do(func() {
		var plain []byte
		aead, bad := chacha20poly1305.NewX(c.key.Bytes())
		if bad == nil {
			plain, bad = aead.Open(nil, nonce, box, raw[:at])
		}
		if bad != nil {
			err = fault.New(fault.CheckpointForeign, c.path, nil)
			return
		}
		n.target = [sha256.Size]byte(plain)
		for i, number := range n.numbers() {
			*number = binary.BigEndian.Uint64(plain[sha256.Size+8*i:])
		}
	})
	return n, err
}

// write puts n in place of what the file says, whole or not at all.
func (c *checkpoint) write(n note) error {
	plain := append(make([]byte, 0, noteSize), n.target[:]...)
	for _, number := range n.numbers() {
		plain = binary.BigEndian.AppendUint64(plain, *number)
	}
	raw := append(append(make([]byte, 0, checkpointSize), checkpointTitle...), c.salt[:]...)
	var nonce [chacha20poly1305.NonceSizeX]byte
	rand.Read(nonce[:])
	var err error
	secret.Do(func() {
		key := c.key.Bytes()
		if key == nil {
			err = fault.New(fault.Locked, "", nil)
			return
		}
		aead, bad := chacha20poly1305.NewX(key)
		if bad != nil {
			err = fault.New(fault.Internal, "", bad)
			return
		}
		raw = aead.Seal(append(raw, nonce[:]...), nonce[:], plain, raw)
	})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	f, err := c.store.Create(c.path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(append(raw, sum[:]...)); err != nil {
		return err
	}
	_, err = f.Commit(safefile.Replace)
	return err
}

// remove takes the file away; nil-safe.
func (c *checkpoint) remove() {
	if c != nil {
		os.Remove(c.path)
	}
}
