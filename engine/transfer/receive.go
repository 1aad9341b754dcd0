package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Consent is asked before a byte of an offer is taken: it answers the folder that
// the files go to, or an error, Declined for one. It blocks while a person is being
// asked, and gives up when ctx ends. An offer that was agreed to and was
// interrupted is not asked about again.
type Consent func(ctx context.Context, from Peer, o *Offer) (folder string, err error)

// Progress is told how a transfer goes on: what is there, in bytes, of one
// entry; name is where it is once it is complete, empty until then. Calls come one
// at a time, often, and must not block.
type Progress func(o *Offer, entry int, done int64, name string)

// Events tells how receiving goes on. Agreed is called once, before the first Moved.
type Events struct {
	// Trusted, if not nil, says at once that what comes from a peer is taken, and
	// into which folder: then nobody is asked, and several may come side by side.
	Trusted func(from Peer) (folder string, ok bool)
	Agreed  func(o *Offer)
	Moved   Progress
}

// receiver is one offer being taken.
type receiver struct {
	ch     *Channel
	offer  *Offer
	ledger *ledger
	tell   Events
}

const (
	syncEvery = 64 << 20 // bytes after which what came survives the power going
	tailSize  = 1 << 20
	spare     = 16 << 20 // bytes that stay free on a disk
)

// Receive takes what the other side of the channel offers, once consent agrees,
// and closes the channel. It answers the offer as soon as there is one. When
// the channel breaks, what came stays, and the same offer goes on from
// there; when either side stops it, nothing of what is not complete stays.
// Errors: Declined, PeerCancelled, Cancelled, Disconnected, OfferBad, NoSpace,
// those of consent and of writing.
func (in *Inbox) Receive(ctx context.Context, ch *Channel, consent Consent, tell Events) (*Offer, error) {
	o, digest, err := ch.offered(ctx)
	if err != nil {
		ch.Stop(err)
		return nil, err
	}
	r := &receiver{ch: ch, offer: o, tell: tell}
	err = r.agree(ctx, in, digest, consent)
	if err == nil {
		tell.Agreed(o)
		err = r.take(ctx)
		r.settle(err)
	}
	if err != nil {
		ch.Stop(err)
	}
	ch.Close()
	return o, err
}

// agree gets consent and opens the ledger.
func (r *receiver) agree(ctx context.Context, in *Inbox, digest [sha256.Size]byte, consent Consent) error {
	folder, known := in.known(r.ch.Peer, r.offer, digest)
	if !known && r.tell.Trusted != nil {
		folder, known = r.tell.Trusted(r.ch.Peer)
	}
	if !known {
		over, err := in.turn(r.ch.Peer)
		if err != nil {
			return err
		}
		folder, err = r.ask(ctx, consent)
		over(err == nil)
		if err != nil {
			return err
		}
	}
	var err error
	r.ledger, err = in.begin(r.ch.Peer, r.offer, digest, folder)
	if err != nil {
		return err
	}
	if err = r.room(); err == nil {
		err = r.sayWhatIsThere()
	}
	if err != nil {
		r.settle(err)
	}
	return err
}

// ask waits for a person, and notices when the sender does not.
func (r *receiver) ask(ctx context.Context, consent Consent) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type decision struct {
		folder string
		err    error
	}
	decided := make(chan decision, 1)
	go func() {
		defer secret.Guard()
		folder, err := consent(ctx, r.ch.Peer, r.offer)
		decided <- decision{folder, err}
	}()
	select {
	case d := <-decided:
		return d.folder, d.err
	case f, ok := <-r.ch.frames:
		if !ok {
			return "", r.ch.broken
		}
		r.ch.done(f)
		return "", fault.New(fault.OfferBad, r.ch.Peer.Name, nil) // nobody has agreed to anything
	case <-ctx.Done():
		return "", fault.New(fault.Cancelled, r.ch.Peer.Name, context.Cause(ctx))
	}
}

// room says whether the disk can hold what is still to come.
func (r *receiver) room() error {
	need := r.offer.Total() + spare
	for i, e := range r.offer.Entries {
		if r.ledger.done[i] {
			need -= e.Size
		} else {
			need -= r.ledger.parts[i]
		}
	}
	if free, ok := safefile.Space(r.ledger.head.Folder); ok && free < need {
		return fault.New(fault.NoSpace, r.ledger.head.Folder, nil)
	}
	return nil
}

// sayWhatIsThere tells the sender where to go on, and that it may.
func (r *receiver) sayWhatIsThere() error {
	var parts []part
	flush := func() error {
		if len(parts) == 0 {
			return nil
		}
		err := r.ch.send(resumeFrame, resume{parts})
		parts = nil
		return err
	}
	for i, e := range r.offer.Entries {
		p := part{Entry: i, At: e.Size}
		if r.published(i) {
			if err := r.ledger.store(i); err != nil {
				return err
			}
		}
		if !r.ledger.done[i] {
			p.At, p.Tail = r.tail(i)
		}
		if p.At == 0 {
			continue
		}
		if parts = append(parts, p); len(parts) == 400 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return r.ch.send(answerFrame, answer{})
}

// published says whether an entry got its name, and a crash came before that was
// written down: it must not come a second time, beside itself.
func (r *receiver) published(entry int) bool {
	l, e := r.ledger, r.offer.Entries[entry]
	if _, begun := l.parts[entry]; !begun || l.done[entry] {
		return false
	}
	if _, err := os.Lstat(l.target(l.partName(entry))); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	src, err := safefile.OpenSource(l.target(e.Name))
	if err != nil {
		return false
	}
	defer src.Close()
	return src.Size() == e.Size && matches(src, e) == nil
}

// tail is how much of an entry is there, and the digest of its end.
func (r *receiver) tail(entry int) (int64, []byte) {
	at, begun := r.ledger.parts[entry]
	if !begun {
		return 0, nil
	}
	f, size, err := r.part(entry)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = f.Keep() }() // nothing was written
	if r.ledger.head.Boot != "" && r.ledger.head.Boot == boot() {
		at = size
	}
	at = min(at, size, r.offer.Entries[entry].Size-1) // the end of it says that it is whole
	sum, err := tailOf(f, at)
	if err != nil || at == 0 {
		return 0, nil
	}
	r.ledger.parts[entry] = at
	return at, sum
}

func tailOf(f io.ReaderAt, at int64) ([]byte, error) {
	h := sha256.New()
	from := max(0, at-tailSize)
	if _, err := io.Copy(h, io.NewSectionReader(f, from, at-from)); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

func (r *receiver) part(entry int) (*safefile.File, int64, error) {
	name := r.ledger.target(r.offer.Entries[entry].Name)
	return r.ledger.inbox.store.Resume(name, r.ledger.partName(entry), 0o600)
}

// take receives entries until the sender says that it was everything.
func (r *receiver) take(ctx context.Context) error {
	for i, e := range r.offer.Entries {
		if r.ledger.done[i] {
			r.tell.Moved(r.offer, i, e.Size, r.ledger.target(e.Name)) // or beside it, if that name was taken
		}
	}
	for {
		f, err := r.ch.next(ctx)
		if err != nil {
			return err
		}
		var b begin
		switch {
		case f.kind == beginFrame && decode(f.body, &b) == nil:
			r.ch.done(f)
			if err := r.entry(ctx, b); err != nil {
				return err
			}
		case f.kind == byeFrame && len(r.ledger.done) == len(r.offer.Entries):
			r.ch.done(f)
			return nil
		default:
			r.ch.done(f)
			return fault.New(fault.OfferBad, r.ch.Peer.Name, nil)
		}
	}
}

// entry receives one from where the sender begins.
func (r *receiver) entry(ctx context.Context, b begin) error {
	if b.Entry < 0 || b.Entry >= len(r.offer.Entries) || r.ledger.done[b.Entry] {
		return fault.New(fault.OfferBad, r.ch.Peer.Name, nil)
	}
	e := r.offer.Entries[b.Entry]
	if _, begun := r.ledger.parts[b.Entry]; !begun { // before the file: what is not written down is not swept
		if err := r.ledger.write(ledgerLine{Entry: b.Entry}); err != nil {
			return err
		}
		r.ledger.parts[b.Entry] = 0
	}
	if b.At != 0 && (b.At < 0 || b.At > r.ledger.parts[b.Entry] || b.At >= e.Size) {
		return fault.New(fault.OfferBad, r.ch.Peer.Name, nil)
	}
	f, _, err := r.part(b.Entry)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := f.Truncate(b.At); err != nil {
		return err
	}
	at, err := r.fill(ctx, b, f, e.Size)
	if err != nil {
		if keeps(err) && f.Keep() == nil {
			_ = r.ledger.write(ledgerLine{Entry: b.Entry, Synced: at}) // else a little comes twice
			r.ledger.parts[b.Entry] = at
		}
		return err
	}
	if err := matches(f, e); err != nil {
		return fault.New(fault.OfferBad, r.ch.Peer.Name, err)
	}
	final, err := f.Commit(safefile.KeepBoth)
	if err != nil && final == "" {
		return err
	}
	if err := r.ledger.store(b.Entry); err != nil {
		return err
	}
	r.tell.Moved(r.offer, b.Entry, e.Size, final)
	return r.ch.send(storedFrame, stored{b.Entry})
}

// fill writes what comes, up to size, and says how much there is.
func (r *receiver) fill(ctx context.Context, b begin, f *safefile.File, size int64) (at int64, err error) {
	at = b.At
	safe := at
	for at < size {
		d, err := r.ch.next(ctx)
		if err != nil {
			return at, err
		}
		if d.kind != dataFrame || len(d.body) == 0 || int64(len(d.body)) > size-at {
			r.ch.done(d)
			return at, fault.New(fault.OfferBad, r.ch.Peer.Name, nil)
		}
		_, err = f.WriteAt(d.body, at)
		at += int64(len(d.body))
		r.ch.done(d)
		if err != nil {
			return at, err
		}
		if at-safe >= syncEvery && at < size {
			if err := f.Sync(); err != nil {
				return at, err
			}
			if err := r.ledger.write(ledgerLine{Entry: b.Entry, Synced: at}); err != nil {
				return at, err
			}
			safe, r.ledger.parts[b.Entry] = at, at
		}
		r.tell.Moved(r.offer, b.Entry, at, "")
	}
	return at, nil
}

// matches says whether what came is what was signed for.
func matches(f io.ReaderAt, e Entry) error {
	digest, err := digestOf(f, e.Size, e.Sort)
	if err == nil && !bytes.Equal(digest, e.Digest) {
		err = fault.New(fault.OfferBad, "", nil)
	}
	return err
}

// digestOf is Entry.Digest.
func digestOf(f io.ReaderAt, size int64, sort Sort) ([]byte, error) {
	h := sha256.New()
	if sort == Paper {
		_, err := io.Copy(h, io.NewSectionReader(f, 0, size))
		return h.Sum(nil), err
	}
	header, _, _, err := agefile.ReadHeader(f, size)
	if err != nil {
		return nil, err
	}
	h.Write(header)
	return h.Sum(nil), nil
}

// keeps says whether a transfer that ended so can be gone on with: nobody wanted it to
// end.
func keeps(err error) bool {
	switch fault.Of(err) {
	case fault.Disconnected, fault.NoSpace, fault.PeerFailed, fault.PeerLeft:
		return true
	}
	return errors.Is(err, ErrLater)
}

// settle lets go of the ledger, and of what came when it is not to be gone on with.
func (r *receiver) settle(err error) {
	l := r.ledger
	if l == nil {
		return
	}
	if err == nil || !keeps(err) {
		_ = l.forget() // what cannot be removed now is swept later
	}
	l.leave()
}
