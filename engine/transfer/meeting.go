package transfer

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// A meeting makes two people who sit together, or talk, contacts of each other
// without a card: over a channel between any two keys, whoever they are. Each
// side shows two words and its person types the other side's two. What the four
// words are made of is the channel itself (RFC 9266's exporter), both keys,
// both cards, and a nonce of each side; the listener commits to its own before
// it sees the other's (as in ZRTP, RFC 6189), so somebody in the middle cannot
// look for nonces that give the same words on two channels. They can only
// guess: 1 in 4 million for each side, once, since a wrong word ends it.
const (
	meetProtocol = "cryptodesk-meet/1"
	meetExporter = "EXPORTER-cryptodesk-meet"
	commitLabel  = "CryptoDesk v1: meeting commitment\n"
	meetingLabel = "CryptoDesk v1: meeting words\n"
	nonceSize    = 32
	meetTimeout  = 10 * time.Second // for everything before the words
	wordsEach    = 2
)

// Meeting is a channel between two people who have not compared words yet.
type Meeting struct {
	Say     [wordsEach]string // what this side's person reads out
	Contact identity.Contact  // who the other side says to be; true once Hear says so

	hear [wordsEach]string
	ch   *Channel
}

type commitment struct {
	Digest []byte `json:"digest"`
}

type opening struct {
	Nonce []byte `json:"nonce"`
}

type sure struct{}

// Meet connects to somebody who waits with Host. me is taken over; card is one's own
// contact card. Errors: Unreachable, PeerForeign, OfferBad, Disconnected, Cancelled.
func Meet(ctx context.Context, address string, me *Me, card []byte) (*Meeting, error) {
	defer me.Close()
	short, cancel := context.WithTimeout(ctx, meetTimeout)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(short, "tcp", address)
	if err != nil {
		return nil, unreachable(ctx, address, err)
	}
	return meet(short, raw, me, card, nil)
}

// Host waits for one meeting.
type Host struct {
	tcp  net.Listener
	me   *Me
	card []byte
}

// NewHost listens at address. me is taken over. Errors: NoListen.
func NewHost(ctx context.Context, address string, me *Me, card []byte) (*Host, error) {
	tcp, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		me.Close()
		return nil, fault.New(fault.NoListen, address, err)
	}
	return &Host{tcp, me, card}, nil
}

// Addr is where it waits.
func (h *Host) Addr() net.Addr { return h.tcp.Addr() }

// Close ends Wait. Idempotent.
func (h *Host) Close() {
	h.tcp.Close()
	h.me.Close()
}

// Wait takes the first that comes as far as the words, and no other: whoever tries
// to be first is found out by them. Somebody who connects and is silent keeps
// nobody from it. Errors: Cancelled, NoListen.
func (h *Host) Wait(ctx context.Context) (*Meeting, error) {
	ctx, cancel := context.WithCancel(ctx)
	l := newListener(h.tcp, cancel)
	came, ended := make(chan *Meeting), make(chan struct{})
	var taken atomic.Bool
	l.all.Go(func() {
		defer secret.Guard()
		defer close(ended)
		l.run(ctx, func(raw net.Conn) { h.meet(ctx, l, raw, &taken, came) })
	})
	defer func() {
		cancel()
		h.tcp.Close()
		go func() { // those who are turned away hear why first
			defer secret.Guard()
			l.all.Wait()
			h.me.Close()
		}()
	}()
	select {
	case m := <-came:
		return m, nil
	case <-ended:
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return nil, fault.New(fault.Cancelled, "", ctx.Err())
	}
	return nil, fault.New(fault.NoListen, h.tcp.Addr().String(), nil)
}

// meet takes somebody who connected as far as the words, if nobody else is there
// already.
func (h *Host) meet(ctx context.Context, l *Listener, raw net.Conn, taken *atomic.Bool, came chan<- *Meeting) {
	met, ok := l.meet(raw)
	if !ok {
		raw.Close()
		return
	}
	defer met()
	short, cancel := context.WithTimeout(ctx, meetTimeout)
	defer cancel()
	first := false
	m, err := meet(short, raw, h.me, h.card, func() bool {
		first = taken.CompareAndSwap(false, true)
		return first
	})
	if err == nil {
		select {
		case came <- m:
		case <-ctx.Done():
			m.Close()
		}
	} else if first {
		taken.Store(false)
	}
}

// meet does everything before the words. take is nil for who dials; the listener's
// says whether this may be the one meeting, and is asked before anything of the
// words can be known.
func meet(ctx context.Context, raw net.Conn, me *Me, card []byte, take func() bool) (*Meeting, error) {
	conn, theirs, err := handshake(ctx, raw, me, take != nil)
	if err != nil {
		raw.Close()
		return nil, refused(ctx, "", err)
	}
	m := &Meeting{ch: &Channel{conn: conn, me: me, Peer: Peer{Signing: theirs}}}
	m.ch.start()
	if err := m.prepare(ctx, card, take); err != nil {
		m.ch.Stop(err)
		return nil, err
	}
	return m, nil
}

// handshake makes a channel with whoever is there, and says which key they have.
func handshake(ctx context.Context, raw net.Conn, me *Me, listener bool) (conn *tls.Conn, theirs ed25519.PublicKey, err error) {
	c := config(me, meetProtocol, func(key ed25519.PublicKey) error {
		theirs = key
		return nil
	})
	side := tls.Client
	if listener {
		side = tls.Server
	}
	conn = side(&patient{Conn: raw}, c)
	err = conn.HandshakeContext(ctx)
	return conn, theirs, err
}

// prepare exchanges cards and nonces, the listener's commitment before either
// nonce, and makes the words.
func (m *Meeting) prepare(ctx context.Context, card []byte, take func() bool) error {
	theirCard, err := m.swapCards(ctx, card)
	if err != nil {
		return err
	}
	state := m.ch.conn.ConnectionState()
	bound, err := state.ExportKeyingMaterial(meetExporter, nil, nonceSize)
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	mine := make([]byte, nonceSize)
	rand.Read(mine)
	theirs, err := m.swapNonces(ctx, bound, mine, take)
	if err != nil {
		return err
	}
	dialer := half{m.ch.me.Public(), card, mine}
	waiter := half{m.ch.Peer.Signing, theirCard, theirs}
	if take != nil {
		dialer, waiter = waiter, dialer
	}
	words := [2 * wordsEach]string(identity.Spoken(transcript(bound, dialer, waiter), 2*wordsEach))
	m.Say, m.hear = [wordsEach]string(words[:wordsEach]), [wordsEach]string(words[wordsEach:])
	if take != nil {
		m.Say, m.hear = m.hear, m.Say
	}
	return nil
}

// half is what one side brings.
type half struct {
	key         ed25519.PublicKey
	card, nonce []byte
}

// transcript covers everything that somebody in the middle would have to change.
// Every part has a fixed length.
func transcript(bound []byte, dialer, listener half) []byte {
	h := sha256.New()
	h.Write([]byte(meetingLabel))
	h.Write(bound)
	for _, side := range []half{dialer, listener} {
		card := sha256.Sum256(side.card)
		h.Write(side.key)
		h.Write(card[:])
		h.Write(side.nonce)
	}
	return h.Sum(nil)
}

func commit(bound, nonce []byte) []byte {
	h := sha256.New()
	h.Write([]byte(commitLabel))
	h.Write(bound)
	h.Write(nonce)
	return h.Sum(nil)
}

// swapCards sends one's card and reads the other's, which has to be that of the
// key on the channel.
func (m *Meeting) swapCards(ctx context.Context, card []byte) ([]byte, error) {
	if err := m.ch.sendBytes(cardFrame, append(make([]byte, headerRoom, headerRoom+len(card)), card...)); err != nil {
		return nil, err
	}
	f, err := m.ch.next(ctx)
	if err != nil {
		return nil, err
	}
	theirs := append([]byte(nil), f.body...)
	m.ch.done(f)
	c, err := identity.ParseCard(theirs)
	if f.kind != cardFrame || err != nil || !m.ch.Peer.Signing.Equal(ed25519.PublicKey(c.Signing)) {
		return nil, fault.New(fault.OfferBad, "", err)
	}
	m.Contact, m.ch.Peer.Name = c, c.Name
	return theirs, nil
}

func (m *Meeting) swapNonces(ctx context.Context, bound, mine []byte, take func() bool) ([]byte, error) {
	var theirs opening
	if take != nil {
		if err := m.ch.send(commitFrame, commitment{commit(bound, mine)}); err != nil {
			return nil, err
		}
		if err := m.ch.expect(ctx, nonceFrame, &theirs); err != nil {
			return nil, err
		}
		if len(theirs.Nonce) != nonceSize {
			return nil, fault.New(fault.OfferBad, "", nil)
		}
		if !take() {
			return nil, fault.New(fault.PeerBusy, "", nil)
		}
		return theirs.Nonce, m.ch.send(nonceFrame, opening{mine})
	}
	var promised commitment
	if err := m.ch.expect(ctx, commitFrame, &promised); err != nil {
		return nil, err
	}
	if err := m.ch.send(nonceFrame, opening{mine}); err != nil {
		return nil, err
	}
	if err := m.ch.expect(ctx, nonceFrame, &theirs); err != nil {
		return nil, err
	}
	if len(theirs.Nonce) != nonceSize || subtle.ConstantTimeCompare(commit(bound, theirs.Nonce), promised.Digest) != 1 {
		return nil, fault.New(fault.OfferBad, "", nil)
	}
	return theirs.Nonce, nil
}

// Hear takes the words that the other person read out and, if they are right,
// waits until the other side has heard this one's. There is one try: after an
// error the meeting is over, and nobody has become a contact. The contact is
// who the other side truly is. Errors: WordsWrong (here or over there: somebody
// may stand between), Disconnected, Cancelled, PeerCancelled.
func (m *Meeting) Hear(ctx context.Context, words [wordsEach]string) (identity.Contact, error) {
	right := true
	for i, w := range words {
		right = right && strings.EqualFold(strings.TrimSpace(w), m.hear[i])
	}
	err := error(fault.New(fault.WordsWrong, m.Contact.Name, nil))
	if right {
		if err = m.ch.send(sureFrame, sure{}); err == nil {
			err = m.ch.expect(ctx, sureFrame, &sure{})
		}
	}
	if err != nil {
		m.ch.Stop(err)
		return identity.Contact{}, err
	}
	m.ch.Close()
	c := m.Contact
	c.Verified = true
	return c, nil
}

// Close gives the meeting up. Idempotent; after Hear it does nothing.
func (m *Meeting) Close() { m.ch.Stop(fault.New(fault.Cancelled, "", nil)) }
