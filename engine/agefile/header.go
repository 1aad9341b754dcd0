package agefile

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const fileKeySize = 16

// Header is the first part of an age file and the file key it wraps. The bytes
// are public; the key is guarded. Safe for concurrent use until Destroy.
type Header struct {
	Bytes []byte
	key   *secret.Buffer
}

// FileKey is the 16-byte file key; the header owns it.
func (h *Header) FileKey() *secret.Buffer { return h.key }

// Destroy wipes the file key; nil-safe, idempotent.
func (h *Header) Destroy() {
	if h != nil {
		h.key.Destroy()
	}
}

// NewHeader draws a file key and wraps it for everyone in to.
// Errors: NoRecipients, MixedKeys, PassphraseAlone, BadRecipient.
func NewHeader(to ...age.Recipient) (*Header, error) {
	key := secret.New(fileKeySize)
	raw, err := wrap(nil, key, false, to)
	if err != nil {
		key.Destroy()
		return nil, err
	}
	return &Header{Bytes: raw, key: key}, nil
}

// wrap appends to buf a header that wraps key for everyone in to. Unless key is
// given, it is first filled with a new file key.
//
// age only formats: the file key it draws is a decoy that wraps nothing, so that
// ours never leaves guarded memory but for the recipients' own work, and only
// that work and the MAC run inside secret.Do. It costs a third less than all of
// age inside Do, where every allocation is tracked.
func wrap(buf []byte, key *secret.Buffer, given bool, to []age.Recipient) ([]byte, error) {
	if len(to) == 0 {
		return nil, fault.New(fault.NoRecipients, "", nil)
	}
	fileKey := key.Bytes()
	if len(fileKey) != fileKeySize {
		return nil, fault.New(fault.Locked, "", nil)
	}
	if !given {
		secret.Random(fileKey)
	}
	labels := make([][]string, len(to))
	taps := make([]age.Recipient, len(to))
	for i, r := range to {
		if e, ok := r.(Either); ok {
			if r = e.Quantum; i > 0 {
				r = e.beside(&labels[0])
			}
		}
		taps[i] = tap{r, fileKey, &labels[i]}
	}
	sink := headerSink{buf: buf, start: len(buf)}
	if _, err := age.Encrypt(&sink, taps...); !errors.Is(err, errHeaderDone) {
		return nil, wrapFault(err, to, labels)
	}
	if err := setMAC(sink.buf[sink.start:], fileKey); err != nil {
		return nil, err
	}
	return sink.buf, nil
}

// tap is a recipient that wraps our file key in place of the one it is given.
type tap struct {
	age.Recipient
	fileKey []byte
	labels  *[]string
}

func (t tap) WrapWithLabels([]byte) (s []*age.Stanza, labels []string, err error) {
	err = do(func() error {
		var err error
		if r, ok := t.Recipient.(age.RecipientWithLabels); ok {
			s, labels, err = r.WrapWithLabels(t.fileKey)
		} else {
			s, err = t.Recipient.Wrap(t.fileKey)
		}
		return err
	})
	*t.labels = slices.Clone(labels)
	return s, labels, err
}

// wrapFault says why age would not write a header for these recipients.
func wrapFault(err error, to []age.Recipient, labels [][]string) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return f
	}
	for _, r := range to {
		if _, alone := r.(*Passphrase); alone && len(to) > 1 {
			return fault.New(fault.PassphraseAlone, "", err)
		}
	}
	pq := func(l []string) bool { return slices.Contains(l, postQuantum) }
	for _, l := range labels {
		if pq(l) != pq(labels[0]) {
			return fault.New(fault.MixedKeys, "", err)
		}
	}
	return fault.New(fault.BadRecipient, "", err)
}

var errHeaderDone = errors.New("header complete")

// headerSink takes the header and refuses what follows, so that age stops there:
// it never derives a payload key, and the payload nonce is always drawn by us.
type headerSink struct {
	buf   []byte
	start int
	done  bool
}

func (w *headerSink) Write(p []byte) (int, error) {
	if w.done {
		return 0, errHeaderDone
	}
	w.buf = append(w.buf, p...)
	// The closing line is the only one that starts with a dash alone: stanzas
	// start with "->", bodies are base64.
	if line, ok := bytes.CutSuffix(w.buf[w.start:], []byte("\n")); ok {
		line = line[bytes.LastIndexByte(line, '\n')+1:]
		w.done = bytes.HasPrefix(line, []byte("--- "))
	}
	return len(p), nil
}

// OpenHeader finds the file key of raw, the exact header bytes, with the first
// identity that fits, and checks the header's MAC with it. The caller destroys
// the result. Errors: NoKey, WrongPassphrase, NeedPassphrase, WorkFactor, HeaderDamaged.
func OpenHeader(raw []byte, ids ...age.Identity) (*secret.Buffer, error) {
	key := secret.New(fileKeySize)
	if err := unwrap(raw, ids, key); err != nil {
		key.Destroy()
		return nil, err
	}
	return key, nil
}

var errHeaderMAC = errors.New("header MAC does not match")

// unwrap writes the file key of raw into key. age only parses: what the
// identities do, and the MAC, run inside secret.Do.
func unwrap(raw []byte, ids []age.Identity, key *secret.Buffer) error {
	k := keeper{ids: ids, key: key.Bytes()}
	_, err := age.DecryptHeader(raw, &k)
	switch {
	case k.err != nil:
		if f := (*fault.Error)(nil); errors.As(k.err, &f) {
			return f
		}
		return fault.New(fault.HeaderDamaged, "", k.err)
	case k.found:
		return checkMAC(raw, k.key)
	case !errors.As(err, new(*age.NoIdentityMatchError)):
		return fault.New(fault.HeaderDamaged, "", err)
	case !k.passphrase:
		return fault.New(fault.NoKey, "", nil)
	case k.wrong:
		return fault.New(fault.WrongPassphrase, "", nil)
	default:
		return fault.New(fault.NeedPassphrase, "", nil)
	}
}

// keeper tries identities and keeps the file key it finds away from age, which
// would hold it for the garbage collector: to age it is never the right identity.
type keeper struct {
	ids        []age.Identity
	key        []byte
	found      bool
	passphrase bool  // the file is encrypted to a passphrase
	wrong      bool  // and one was tried
	err        error // not a mismatch: a damaged stanza, a refused work factor
}

func (k *keeper) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	k.passphrase = slices.ContainsFunc(stanzas, func(s *age.Stanza) bool { return s.Type == scryptType })
	for _, id := range k.ids {
		err := do(func() error { return k.try(id, stanzas) })
		if errors.Is(err, age.ErrIncorrectIdentity) {
			k.wrong = k.wrong || errors.Is(err, errWrongPassphrase)
			continue
		}
		k.found, k.err = err == nil, err
		break
	}
	return nil, age.ErrIncorrectIdentity
}

// try copies the file key that id finds into guarded memory.
func (k *keeper) try(id age.Identity, stanzas []*age.Stanza) error {
	fileKey, err := id.Unwrap(stanzas)
	if err == nil && len(fileKey) != fileKeySize {
		err = fmt.Errorf("file key of %d bytes", len(fileKey))
	}
	copy(k.key, fileKey)
	secret.Wipe(fileKey)
	return err
}

// setMAC replaces the MAC of raw, a whole header, by the one that fileKey makes.
func setMAC(raw, fileKey []byte) error {
	mac, at, err := headerMAC(raw, fileKey)
	if err != nil {
		return err
	}
	base64.RawStdEncoding.Encode(raw[at+1:], mac)
	return nil
}

func checkMAC(raw, fileKey []byte) error {
	mac, at, err := headerMAC(raw, fileKey)
	if err != nil {
		return err
	}
	want, err := base64.RawStdEncoding.Strict().DecodeString(string(bytes.TrimSuffix(raw[at+1:], []byte("\n"))))
	if err != nil {
		return fault.New(fault.HeaderDamaged, "", errors.New("malformed header MAC"))
	}
	if !hmac.Equal(mac, want) {
		return fault.New(fault.HeaderDamaged, "", errHeaderMAC)
	}
	return nil
}

// headerMAC is the header MAC of https://c2sp.org/age#header-mac: HMAC-SHA-256
// over raw up to and including "---", which ends at the offset it answers, under
// HKDF of the file key. The MAC itself is public.
func headerMAC(raw, fileKey []byte) (sum []byte, at int, err error) {
	at = bytes.Index(raw, []byte("\n--- ")) + len("\n---")
	if at < len("\n---") {
		return nil, 0, fault.New(fault.HeaderDamaged, "", errors.New("no closing line"))
	}
	err = do(func() error {
		macKey, err := hkdf.Key(sha256.New, fileKey, nil, "header", sha256.Size)
		if err != nil {
			return fault.New(fault.Internal, "", err)
		}
		defer secret.Wipe(macKey)
		mac := hmac.New(sha256.New, macKey)
		mac.Write(raw[:at])
		sum = mac.Sum(nil)
		return nil
	})
	return sum, at, err
}
