package escrow

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
)

const (
	requestFamily = "# CryptoDesk release request v"
	requestTitle  = requestFamily + "1"
	requestLabel  = "CryptoDesk v1: release request\n" // before what is signed
	requestSigned = "# request signature: "
	maxRequest    = 32 << 10 // bytes
	maxLines      = 128      // of a request, and of a form
	idSize        = 16       // bytes

	// Valid is how long a request may be released after its date, and Slack how
	// far two computers' clocks may be apart.
	Valid = 7 * 24 * time.Hour
	Slack = 24 * time.Hour
)

var requestHint = []string{
	"# For whoever keeps a deposit: open this in CryptoDesk together with the deposit, and release it only after hearing",
	"# the four words of this request from the person themselves.",
	"# Without CryptoDesk: age -d -i KEYS NAME.deposit.age | age -R THIS-FILE -o NAME.release.age",
}

// Request asks for a deposit to be encrypted again, for new keys. All of it is
// public.
type Request struct {
	ID   string           // 32 hex digits
	Date time.Time        // UTC, whole seconds
	Who  identity.Contact // the name they go by, and the new keys

	signed string
}

// Code are the four words that stand for the request, to be read out. Takes
// half a second.
func (r Request) Code() []string { return spoken(codeLabel, []byte(requestLabel+r.signed)) }

// IsRequest says whether text looks like a request of any version.
func IsRequest(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(trimBOM(text), " \t\r\n"), []byte(requestFamily))
}

// Ask makes a request for the first post-quantum key pair of ring, writes it to
// path, which must be free, and notes it in ring. It answers the code. Errors:
// KeyMissing (there is no such key pair), Locked, and those of writing.
func Ask(ctx context.Context, store *safefile.Store, ring *keyring.Keyring, path string, now time.Time) (code []string, err error) {
	mine, err := newest(ring)
	if err != nil {
		return nil, err
	}
	id := make([]byte, idSize)
	rand.Read(id)
	text, err := marshalRequest(mine, hex.EncodeToString(id), now)
	if err != nil {
		return nil, err
	}
	r, err := ParseRequest(text)
	if err != nil {
		return nil, err
	}
	code = r.Code()
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Cancelled, path, err)
	}
	noted := Entry{Kind: Requested, Request: r.ID, Name: r.Who.Name, At: r.Date, New: r.Who.Recipient.Fingerprint(), Words: code}
	return code, publish(store, path, text, 0o644, &note{ring, noted, nil})
}

// newest is the key pair that a new profile begins with.
func newest(ring *keyring.Keyring) (*identity.KeyPair, error) {
	keys := ring.Keys()
	if keys == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	for _, k := range keys {
		if k.Public().Kind == identity.Hybrid {
			return k, nil
		}
	}
	return nil, fault.New(fault.KeyMissing, "", nil)
}

func marshalRequest(k *identity.KeyPair, id string, now time.Time) ([]byte, error) {
	card, err := identity.MarshalCard(k)
	if err != nil {
		return nil, err
	}
	lines := append([]string{requestTitle}, requestHint...)
	lines = append(lines, "# id: "+id, "# date: "+now.UTC().Format(time.RFC3339))
	for line := range strings.Lines(string(card)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	text := strings.Join(lines, "\n") + "\n"
	signature, err := k.Sign([]byte(requestLabel + text))
	if err != nil {
		return nil, err
	}
	return []byte(text + requestSigned + base64.StdEncoding.EncodeToString(signature) + "\n"), nil
}

// ParseRequest reads a request and checks both its signatures: that of the card
// in it and its own. Whether it is still valid is another matter. Errors:
// RequestDamaged, RequestForged, NotPostQuantum, TooNew.
func ParseRequest(text []byte) (Request, error) {
	damaged := fault.New(fault.RequestDamaged, "", nil)
	if len(text) > maxRequest || !IsRequest(text) {
		return Request{}, damaged
	}
	lines, signature, ok := splitRequest(string(trimBOM(text)))
	switch {
	case !ok:
		return Request{}, damaged
	case lines[0] != requestTitle:
		return Request{}, fault.New(fault.TooNew, "", nil)
	}
	r := Request{signed: strings.Join(lines, "\n") + "\n"}
	for at, line := range lines[1:] {
		if identity.IsCard([]byte(line)) {
			return r.finish(strings.Join(lines[1+at:], "\n")+"\n", signature)
		}
		if !r.read(line) {
			break
		}
	}
	return Request{}, damaged
}

// splitRequest gives the signed lines without what may change under way, and
// the signature, which is the last line.
func splitRequest(text string) (lines []string, signature []byte, ok bool) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch value, found := strings.CutPrefix(line, requestSigned); {
		case line == "":
		case signature != nil, len(lines) == maxLines:
			return nil, nil, false
		case found:
			var err error
			signature, err = base64.StdEncoding.Strict().DecodeString(value)
			if err != nil || len(signature) != ed25519.SignatureSize {
				return nil, nil, false
			}
		default:
			lines = append(lines, line)
		}
	}
	return lines, signature, len(lines) > 0 && signature != nil
}

// read takes in a line before the card, and refuses a field that is there
// twice. Comments it does not know are left to later versions.
func (r *Request) read(line string) bool {
	if !strings.HasPrefix(line, "#") {
		return false
	}
	if value, found := strings.CutPrefix(line, "# id: "); found {
		id, err := hex.DecodeString(value)
		if err != nil || len(id) != idSize || r.ID != "" {
			return false
		}
		r.ID = hex.EncodeToString(id)
	}
	if value, found := strings.CutPrefix(line, "# date: "); found {
		return r.Date.IsZero() && readDate(&r.Date, value)
	}
	return true
}

func (r *Request) finish(card string, signature []byte) (Request, error) {
	who, err := identity.ParseCard([]byte(card))
	switch {
	case fault.Of(err) == fault.CardForged:
		return Request{}, fault.New(fault.RequestForged, "", err)
	case fault.Of(err) == fault.TooNew:
		return Request{}, err
	case err != nil, r.ID == "", r.Date.IsZero():
		return Request{}, fault.New(fault.RequestDamaged, "", err)
	case !ed25519.Verify(who.Signing, []byte(requestLabel+r.signed), signature):
		return Request{}, fault.New(fault.RequestForged, who.Name, nil)
	case !who.Recipient.PostQuantum():
		return Request{}, fault.New(fault.NotPostQuantum, who.Name, nil)
	}
	r.Who = who
	return *r, nil
}

// timely says whether a request is of this week. One from the future means that
// one of two clocks is wrong. Errors: RequestStale, RequestFuture.
func (r Request) timely(now time.Time) error {
	switch {
	case r.Date.After(now.Add(Slack)):
		return fault.New(fault.RequestFuture, r.Who.Name, nil)
	case now.After(r.Date.Add(Valid)):
		return fault.New(fault.RequestStale, r.Who.Name, nil)
	}
	return nil
}

// readDate wants the one form that is written.
func readDate(to *time.Time, text string) bool {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.UTC().Format(time.RFC3339) != text {
		return false
	}
	*to = t.UTC()
	return true
}

func trimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) }
