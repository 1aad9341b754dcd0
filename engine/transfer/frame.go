package transfer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"cryptodesk/engine/fault"
)

// kind is the byte after a frame's length.
type kind byte

const (
	helloFrame  kind = iota + 1 // listener: you are taken
	offerFrame                  // dialer: a piece of the offer
	signedFrame                 // dialer: the offer is whole, and this is its signature
	resumeFrame                 // listener: what is there already
	answerFrame                 // listener: yes
	beginFrame                  // dialer: the bytes of an entry follow, from this place on
	dataFrame                   // dialer: some of them
	storedFrame                 // listener: an entry is complete and under its name
	byeFrame                    // dialer: everything is
	stopFrame                   // either: no, or no further
	beatFrame                   // either: still here

	cardFrame   // meeting, either: a contact card
	commitFrame // meeting, listener: the digest of the nonce to come
	nonceFrame  // meeting, either
	sureFrame   // meeting, either: the words were right
	lastFrame   = sureFrame
)

// A frame is its length (4 bytes, big-endian, of the body), its kind, and the body:
// JSON for all kinds but offerFrame, dataFrame and cardFrame, which are bytes.
const (
	frameHead  = 5
	maxControl = 64 << 10
	maxData    = 1 << 20
	dataSize   = 256 << 10 // what is sent at a time: a cancel waits for no more
)

func (k kind) limit() int {
	if k == dataFrame {
		return maxData
	}
	return maxControl
}

// readFrame reads one frame, into buf if it fits. Errors: OfferBad (no frame of this
// protocol), and those of r.
func readFrame(r io.Reader, buf []byte) (kind, []byte, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	k := kind(head[4])
	n := binary.BigEndian.Uint32(head[:])
	if k == 0 || k > lastFrame || int64(n) > int64(k.limit()) {
		return 0, nil, fault.New(fault.OfferBad, "", nil)
	}
	if cap(buf) < int(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return 0, nil, err
	}
	return k, buf, nil
}

// putHead fills in the head of a frame that body follows.
func putHead(head []byte, k kind, body int) {
	binary.BigEndian.PutUint32(head, uint32(body))
	head[4] = byte(k)
}

// decode reads JSON as it is meant: nothing unknown, nothing after it.
func decode(body []byte, message any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(message); err != nil {
		return fault.New(fault.OfferBad, "", nil)
	}
	if _, err := d.Token(); err != io.EOF {
		return fault.New(fault.OfferBad, "", nil)
	}
	return nil
}

type hello struct {
	Version int `json:"version"`
}

type signed struct {
	Signature []byte `json:"signature"`
}

// resume says from where on the receiver wants entries that it has in part; many go
// into one frame.
type resume struct {
	Parts []part `json:"parts"`
}

type part struct {
	Entry int    `json:"entry"`
	At    int64  `json:"at"`   // bytes that are there; the size: all of it, under its name
	Tail  []byte `json:"tail"` // SHA-256 of the last tailSize of them
}

type answer struct{}

type begin struct {
	Entry int   `json:"entry"`
	At    int64 `json:"at"`
}

type stored struct {
	Entry int `json:"entry"`
}

type bye struct{}

// stop carries a reason that the other side knows how to say.
type stop struct {
	Reason reason `json:"reason"`
}

type reason string

const (
	cancelled reason = "cancelled"
	declined  reason = "declined"
	busy      reason = "busy"    // somebody is being asked already
	full      reason = "full"    // no space
	bad       reason = "bad"     // what came is not what was offered, or makes no sense
	failed    reason = "failed"  // something went wrong over there
	changed   reason = "changed" // the file is not what it was
	later     reason = "later"   // the program ends; it can go on another time
	mistaken  reason = "words"   // the words were not those
)

var reasons = map[reason]fault.Kind{
	cancelled: fault.PeerCancelled, declined: fault.Declined, busy: fault.PeerBusy, full: fault.PeerFull, bad: fault.OfferBad,
	failed: fault.PeerFailed, changed: fault.PeerFailed, later: fault.PeerLeft, mistaken: fault.WordsWrong,
}

// ErrLater is the cause to cancel a transfer with that is to go on another time: what
// came in part stays on both sides.
var ErrLater = errors.New("transfer: to be gone on with later")

// reasonOf is what the other side is told about an error here.
func reasonOf(err error) reason {
	if errors.Is(err, ErrLater) {
		return later
	}
	switch fault.Of(err) {
	case fault.Cancelled:
		return cancelled
	case fault.Declined:
		return declined
	case fault.PeerBusy:
		return busy
	case fault.NoSpace:
		return full
	case fault.OfferBad:
		return bad
	case fault.WordsWrong:
		return mistaken
	case fault.SourceChanged, fault.SourceGone:
		return changed
	}
	return failed
}

// isNetwork says whether err came from the connection and not from what was said
// on it.
func isNetwork(err error) bool {
	var n net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.As(err, &n)
}
