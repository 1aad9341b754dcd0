package transfer

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// offerLabel stands before an offer when it is signed.
const offerLabel = "CryptoDesk v1: transfer offer\n"

// MaxEntries is how many files an offer can have.
const MaxEntries = 10_000

const (
	maxOffer = 8 << 20  // bytes of the offer's JSON
	maxPaper = 64 << 10 // bytes of a paper
	maxTotal = 1 << 53  // bytes of everything offered: 8 PiB, and every sum fits
	maxName  = 255      // bytes
	idBytes  = 16
)

// Offer is what a sender wants to hand over. It is signed together with the key
// of the one it is for, so nobody can pass it on as their own or to others.
type Offer struct {
	ID      string    `json:"id"`   // 32 hex digits, random: the same again goes on where it stopped
	To      []byte    `json:"to"`   // signing key of the receiver
	Made    time.Time `json:"made"` // UTC
	Entries Entries   `json:"entries"`
}

// Entries are read no further than an offer may have of them: millions fit into its
// bytes, and would be hundreds of MiB.
type Entries []Entry

// UnmarshalJSON is for encoding/json, and as strict as decode.
func (all *Entries) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	bad := fault.New(fault.OfferBad, "", nil)
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return bad
	}
	*all = nil
	for d.More() {
		var e Entry
		if len(*all) == MaxEntries || d.Decode(&e) != nil {
			return bad
		}
		*all = append(*all, e)
	}
	return nil
}

// Sort says what an entry is.
type Sort string

const (
	File  Sort = "file"  // an age file, name ending in .age
	Paper Sort = "paper" // a text of at most 64 KiB that is no secret: a contact card, a release request; ends in .txt
)

// ending is what every name of that sort ends with, so that nothing that
// arrives is a program to any desktop.
func (s Sort) ending() string {
	switch s {
	case File:
		return ".age"
	case Paper:
		return ".txt"
	}
	return ""
}

// Entry is one file of an offer.
type Entry struct {
	Sort   Sort   `json:"sort"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	Digest []byte `json:"digest"` // SHA-256 of an age file's header, or of a whole paper
}

// Total is the size of everything, in bytes.
func (o *Offer) Total() (n int64) {
	for _, e := range o.Entries {
		n += e.Size
	}
	return n
}

// NewID is the ID of a new offer.
func NewID() string {
	var id [idBytes]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

// check says whether an offer from outside is one, and for whom it has to be.
// Names become what may be shown and stored.
func (o *Offer) check(to ed25519.PublicKey) error {
	bad := fault.New(fault.OfferBad, "", nil)
	id, err := hex.DecodeString(o.ID)
	if err != nil || len(id) != idBytes || o.ID != hex.EncodeToString(id) || !to.Equal(ed25519.PublicKey(o.To)) {
		return bad
	}
	if len(o.Entries) == 0 || len(o.Entries) > MaxEntries {
		return bad
	}
	var total int64
	for i := range o.Entries {
		e := &o.Entries[i]
		if !e.fine() || e.Size > maxTotal-total {
			return bad
		}
		total += e.Size
		e.Name = safefile.Visible(e.Name)
	}
	return nil
}

// fine says whether an entry's facts can be true. A name is one name, of at most
// 255 bytes once it is visible.
func (e *Entry) fine() bool {
	if e.Size <= 0 || e.Size > math.MaxInt64/2 || len(e.Digest) != sha256.Size || !utf8.ValidString(e.Name) ||
		strings.ContainsAny(e.Name, "/\\\x00") || len(e.Name) > maxName || len(safefile.Visible(e.Name)) > maxName {
		return false
	}
	ending := e.Sort.ending()
	return ending != "" && strings.HasSuffix(e.Name, ending) && len(e.Name) > len(ending) && (e.Sort != Paper || e.Size <= maxPaper)
}

// propose sends the offer and its signature.
func (c *Channel) propose(o *Offer) error {
	raw, err := json.Marshal(o)
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	if len(raw) > maxOffer || len(o.Entries) > MaxEntries {
		return fault.New(fault.TooMany, "", nil)
	}
	signature, err := c.me.sign(offerLabel, raw)
	if err != nil {
		return err
	}
	for rest := raw; len(rest) > 0; {
		n := min(len(rest), maxControl)
		if err := c.sendBytes(offerFrame, append(make([]byte, headerRoom, headerRoom+n), rest[:n]...)); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return c.send(signedFrame, signed{signature})
}

// offered reads an offer, and answers its digest beside it: an ID stands for one
// offer only.
func (c *Channel) offered(ctx context.Context) (*Offer, [sha256.Size]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, idleTimeout) // beats must not keep one waiting that never comes
	defer cancel()
	var raw []byte
	var s signed
	for s.Signature == nil {
		f, err := c.next(ctx)
		if err != nil {
			return nil, [sha256.Size]byte{}, err
		}
		switch {
		case f.kind == offerFrame && len(f.body) > 0 && len(raw)+len(f.body) <= maxOffer:
			raw = append(raw, f.body...)
		case f.kind != signedFrame || decode(f.body, &s) != nil || !ed25519.Verify(c.Peer.Signing, append([]byte(offerLabel), raw...), s.Signature):
			c.done(f)
			return nil, [sha256.Size]byte{}, fault.New(fault.OfferBad, c.Peer.Name, nil)
		}
		c.done(f)
	}
	var o Offer
	err := decode(raw, &o)
	if err == nil {
		err = o.check(c.me.Public())
	}
	if err != nil {
		return nil, [sha256.Size]byte{}, fault.New(fault.OfferBad, c.Peer.Name, err)
	}
	return &o, sha256.Sum256(raw), nil
}
