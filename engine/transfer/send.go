package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Parcel is an offer and the files that it is about, which stay as they are until
// everything arrived: what was sent once is not sent again.
type Parcel struct {
	Offer *Offer
	Paths []string // as Offer.Entries
}

// Piece is a finished file to send.
type Piece struct {
	Path string
	Name string // what the receiver calls it; empty: as it is called. Gets the ending that its Sort has.
	Sort Sort
}

// Pack makes a parcel for a peer. Errors: OfferBad (not an age file, or a paper
// that is too long), TooMany, TooLarge, NameTooLong, and those of reading.
func Pack(to Peer, pieces ...Piece) (*Parcel, error) {
	if len(pieces) == 0 || len(pieces) > MaxEntries {
		return nil, fault.New(fault.TooMany, "", nil)
	}
	p := &Parcel{Offer: &Offer{ID: NewID(), To: to.Signing, Made: time.Now().UTC().Truncate(time.Second)}}
	for _, piece := range pieces {
		e, err := describe(piece)
		if err != nil {
			return nil, err
		}
		p.Offer.Entries = append(p.Offer.Entries, e)
		p.Paths = append(p.Paths, piece.Path)
	}
	if p.Offer.Total() > maxTotal {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	return p, nil
}

func describe(p Piece) (Entry, error) {
	src, err := safefile.OpenSource(p.Path)
	if err != nil {
		return Entry{}, err
	}
	defer src.Close()
	digest, err := digestOf(src, src.Size(), p.Sort)
	if err != nil {
		return Entry{}, fault.FromOS(p.Path, err)
	}
	name := p.Name
	if name == "" {
		name = filepath.Base(p.Path)
	}
	e := Entry{Sort: p.Sort, Name: safefile.Visible(name), Size: src.Size(), Digest: digest}
	if !strings.HasSuffix(e.Name, p.Sort.ending()) {
		e.Name += p.Sort.ending()
	}
	switch {
	case len(e.Name) > maxName:
		return Entry{}, fault.New(fault.NameTooLong, p.Path, nil)
	case !e.fine():
		return Entry{}, fault.New(fault.OfferBad, p.Path, nil)
	}
	return e, nil
}

// Send hands a parcel over on the channel, and closes it. The other side asks a person
// first, so it can take as long as people do. When the channel breaks, the same
// parcel goes on where it stopped on another one. Errors: Declined, PeerBusy,
// PeerCancelled, PeerFull, PeerFailed, PeerLeft, Cancelled, Disconnected, OfferBad,
// SourceChanged, and those of reading.
func Send(ctx context.Context, ch *Channel, p *Parcel, progress Progress) error {
	// A write that hangs is not waited for longer than the other side's last words.
	late := context.AfterFunc(ctx, func() { time.AfterFunc(2*lastWords, ch.Close) })
	defer late()
	s := &sender{ch: ch, parcel: p, progress: progress, at: make(map[int]part)}
	err := s.run(ctx)
	if err != nil {
		ch.Stop(err)
		return err
	}
	end := time.AfterFunc(lastWords, ch.Close)
	defer end.Stop()
	ch.drain()
	ch.Close()
	return nil
}

type sender struct {
	ch       *Channel
	parcel   *Parcel
	telling  sync.Mutex // what was sent and what arrived are told by two
	progress Progress
	at       map[int]part // what is there already
}

func (s *sender) run(ctx context.Context) error {
	if err := s.ch.propose(s.parcel.Offer); err != nil {
		return err
	}
	if err := s.answered(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	arrived := make(chan error, 1)
	go func() {
		defer secret.Guard()
		err := s.arrive(ctx)
		if err != nil {
			cancel(err)
		}
		arrived <- err
	}()
	err := s.entries(ctx)
	if err != nil {
		cancel(err)
	}
	// Why the other side stopped says more than that a write failed.
	if aerr := <-arrived; aerr != nil && fault.Of(aerr) != fault.Cancelled {
		return aerr
	} else if err == nil {
		err = aerr
	}
	if err != nil {
		return err
	}
	return s.ch.send(byeFrame, bye{})
}

func (s *sender) tell(entry int, done int64, name string) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.progress(s.parcel.Offer, entry, done, name)
}

// answered waits for a yes, and for what is there already.
func (s *sender) answered(ctx context.Context) error {
	bad := fault.New(fault.OfferBad, s.ch.Peer.Name, nil)
	for {
		f, err := s.ch.next(ctx)
		if err != nil {
			return err
		}
		var r resume
		yes := f.kind == answerFrame
		fine := yes && decode(f.body, &answer{}) == nil || f.kind == resumeFrame && decode(f.body, &r) == nil
		s.ch.done(f)
		if !fine {
			return bad
		}
		for _, p := range r.Parts {
			if _, twice := s.at[p.Entry]; twice || p.Entry < 0 || p.Entry >= len(s.parcel.Offer.Entries) ||
				p.At <= 0 || p.At > s.parcel.Offer.Entries[p.Entry].Size {
				return bad
			}
			s.at[p.Entry] = p
		}
		if yes {
			return nil
		}
	}
}

// missing says whether an entry is not complete over there.
func (s *sender) missing(entry int) bool {
	return s.at[entry].At < s.parcel.Offer.Entries[entry].Size
}

// arrive waits until everything is complete over there.
func (s *sender) arrive(ctx context.Context) error {
	waiting := make(map[int]bool)
	for i := range s.parcel.Offer.Entries {
		if s.missing(i) {
			waiting[i] = true
		}
	}
	for len(waiting) > 0 {
		var m stored
		if err := s.ch.expect(ctx, storedFrame, &m); err != nil {
			return err
		}
		if !waiting[m.Entry] {
			return fault.New(fault.OfferBad, s.ch.Peer.Name, nil)
		}
		delete(waiting, m.Entry)
		e := s.parcel.Offer.Entries[m.Entry]
		s.tell(m.Entry, e.Size, e.Name)
	}
	return nil
}

// entries sends what is missing, one after the other.
func (s *sender) entries(ctx context.Context) error {
	buf := make([]byte, headerRoom+dataSize)
	for i, e := range s.parcel.Offer.Entries {
		if !s.missing(i) {
			s.tell(i, e.Size, e.Name)
			continue
		}
		if err := s.entry(ctx, i, buf); err != nil {
			return err
		}
	}
	return nil
}

func (s *sender) entry(ctx context.Context, i int, buf []byte) error {
	path, e := s.parcel.Paths[i], s.parcel.Offer.Entries[i]
	src, err := safefile.OpenSource(path)
	if err != nil {
		return err
	}
	defer src.Close()
	if digest, err := digestOf(src, src.Size(), e.Sort); err != nil || src.Size() != e.Size || !bytes.Equal(digest, e.Digest) {
		return fault.New(fault.SourceChanged, path, err)
	}
	at := s.from(i, src)
	if err := s.ch.send(beginFrame, begin{Entry: i, At: at}); err != nil {
		return err
	}
	for at < e.Size {
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, s.ch.Peer.Name, context.Cause(ctx))
		}
		n, err := src.ReadAt(buf[headerRoom:headerRoom+int(min(dataSize, e.Size-at))], at)
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = fault.New(fault.SourceChanged, path, nil)
			}
			return fault.FromOS(path, err)
		}
		if err := s.ch.sendBytes(dataFrame, buf[:headerRoom+n]); err != nil {
			return err
		}
		at += int64(n)
		s.tell(i, at, "")
	}
	return nil
}

// from is where to go on: at what is there, if it is the beginning of this.
func (s *sender) from(i int, src io.ReaderAt) int64 {
	p := s.at[i]
	if p.At == 0 || len(p.Tail) != sha256.Size {
		return 0
	}
	if tail, err := tailOf(src, p.At); err != nil || !bytes.Equal(tail, p.Tail) {
		return 0
	}
	return p.At
}
