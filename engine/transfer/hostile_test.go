package transfer

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

func TestMain(m *testing.M) {
	handshakeTimeout = 4 * time.Second
	os.Exit(m.Run())
}

// otherKey is a certificate of a kind of key that nobody pins.
func otherKey(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// hostile are ways to be somebody else than a contact with this program. mine is
// the contact's true certificate: whoever has stolen it still must not get away
// with less than is asked for.
func hostile(t *testing.T, mine, theirs tls.Certificate) map[string]func(*tls.Config) {
	two := mine
	two.Certificate = [][]byte{mine.Certificate[0], theirs.Certificate[0]}
	return map[string]func(*tls.Config){
		"another key":      func(c *tls.Config) { c.Certificates = []tls.Certificate{theirs} },
		"no certificate":   func(c *tls.Config) { c.Certificates = nil },
		"two certificates": func(c *tls.Config) { c.Certificates = []tls.Certificate{two} },
		"ECDSA":            func(c *tls.Config) { c.Certificates = []tls.Certificate{otherKey(t)} },
		"TLS 1.2":          func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
		"another protocol": func(c *tls.Config) { c.NextProtos = []string{"cryptodesk/2"} },
		"no protocol":      func(c *tls.Config) { c.NextProtos = nil },
		"X25519 alone":     func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} },
		"P-256":            func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP256} },
		"P-256 and ML-KEM": func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.SecP256r1MLKEM768} },
	}
}

func lax(mine tls.Certificate) *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, Certificates: []tls.Certificate{mine}, NextProtos: []string{protocol},
		ClientAuth: tls.RequestClientCert,
	}
}

func TestHostileDialers(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	d := newDesk(t, ben, ana)
	try := func(c *tls.Config) (got int) {
		raw, err := net.Dial("tcp", d.address())
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		conn := tls.Client(raw, c)
		_, _ = conn.Write([]byte("anything")) // the handshake may have failed
		said, _ := io.ReadAll(conn)
		return len(said)
	}
	for name, change := range hostile(t, ana.me.certificate, eve.me.certificate) {
		c := lax(ana.me.certificate)
		change(c)
		if n := try(c); n != 0 {
			t.Errorf("%s: %d bytes were said", name, n)
		}
	}
	if n := try(lax(ana.me.certificate)); n == 0 {
		t.Error("nothing was said to a contact: this test sees nothing")
	}
	if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
		t.Errorf("the contact's nonsense: %v", got.err)
	}
	select {
	case got := <-d.done:
		t.Errorf("somebody else was served: %v", got.err)
	default:
	}
}

func TestHostileListeners(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	for name, change := range hostile(t, ben.me.certificate, eve.me.certificate) {
		if name == "no certificate" {
			continue // no listener of TLS can do without
		}
		c := lax(ben.me.certificate)
		change(c)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		said := make(chan int, 1)
		go func() {
			raw, err := l.Accept()
			if err != nil {
				said <- -1
				return
			}
			defer raw.Close()
			got, _ := io.ReadAll(tls.Server(raw, c))
			said <- len(got)
		}()
		if ch, err := Dial(t.Context(), l.Addr().String(), ana.me, ben.peer); err == nil {
			ch.Close()
			t.Errorf("%s: taken for the contact", name)
		}
		l.Close()
		if n := <-said; n != 0 {
			t.Errorf("%s: %d bytes were said", name, n)
		}
	}
}

// TestSlowHandshake: a stranger who says nothing, or a byte now and then, is let go.
func TestSlowHandshake(t *testing.T) {
	d := newDesk(t, newPerson(t, "Ben"))
	raw, err := net.Dial("tcp", d.address())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	go func() {
		for _, b := range []byte{22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3} { // a ClientHello that never ends
			if _, err := raw.Write([]byte{b}); err != nil {
				return
			}
		}
	}()
	if _, err := io.Copy(io.Discard, raw); err != nil && !isNetwork(err) {
		t.Fatal(err)
	}
}

func TestManyStrangers(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	var held []net.Conn
	for range 10_000 {
		raw, err := net.Dial("tcp", d.address())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, raw)
		if len(held) == 200 { // descriptors are bounded too
			d.l.mu.Lock()
			total := d.l.total
			d.l.mu.Unlock()
			if total > maxFromOne {
				t.Fatalf("%d strangers are waited for", total)
			}
			for _, c := range held {
				c.Close()
			}
			held = nil
		}
	}
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 10, ben.pair.Public().Recipient)
	for {
		ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
		if k := fault.Of(err); k == fault.Disconnected || k == fault.Unreachable {
			continue // the last of the strangers are still being let go
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Send(t.Context(), ch, parcel(t, ben.peer, path), quiet); err != nil {
			t.Fatal(err)
		}
		return
	}
}

// rogue is a contact whose program says what it likes.
func rogue(t *testing.T, d *desk, p person) *Channel {
	t.Helper()
	ch, err := Dial(t.Context(), d.address(), p.me, d.peer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
	return ch
}

func raw(k kind, n uint32, body []byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, n)
	return append(append(head, byte(k)), body...)
}

func (c *Channel) sendSigned(t *testing.T, p person, offer []byte) {
	t.Helper()
	signature, err := p.me.sign(offerLabel, offer)
	if err != nil {
		t.Fatal(err)
	}
	for rest := offer; len(rest) > 0; {
		n := min(len(rest), maxControl)
		if err := c.sendBytes(offerFrame, append(make([]byte, headerRoom), rest[:n]...)); err != nil {
			return // already thrown out
		}
		rest = rest[n:]
	}
	_ = c.send(signedFrame, signed{signature}) // likewise
}

func TestRogueFrames(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	for name, b := range map[string][]byte{
		"length beyond the limit": raw(offerFrame, maxControl+1, nil),
		"length of -1":            raw(offerFrame, math.MaxUint32, nil),
		"kind 0":                  raw(0, 0, nil),
		"unknown kind":            raw(lastFrame+1, 0, nil),
		"kind 255":                raw(255, 0, nil),
		"data before anything":    raw(dataFrame, 3, []byte("abc")),
		"bye before anything":     raw(byeFrame, 2, []byte("{}")),
		"answer from the dialer":  raw(answerFrame, 2, []byte("{}")),
		"empty piece of an offer": raw(offerFrame, 0, nil),
		"no signature":            raw(signedFrame, 2, []byte("{}")),
		"a field nobody knows":    raw(signedFrame, 19, []byte(`{"signature":"","x":1}`)),
		"unknown reason":          raw(stopFrame, 18, []byte(`{"reason":"whim"}`+"\n")),
		"deep JSON":               raw(signedFrame, 60_000, bytes.Repeat([]byte("["), 60_000)),
	} {
		ch := rogue(t, d, ana)
		if _, err := ch.conn.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := ch.conn.NetConn().(*patient).flush(); err != nil {
			t.Fatal(err)
		}
		if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
			t.Errorf("%s: %v", name, got.err)
		}
		ch.Close()
	}
}

// TestRogueOffers: everything that can be wrong with an offer is refused before
// anybody is asked, and nothing is made anywhere.
func TestRogueOffers(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	d := newDesk(t, ben, ana)
	d.consent = func(_ context.Context, _ Peer, o *Offer) (string, error) {
		t.Errorf("asked about %q", o.Entries[0].Name)
		return "", fault.New(fault.Declined, "", nil)
	}
	digest := make([]byte, sha256.Size)
	good := func() Offer {
		return Offer{ID: NewID(), To: ben.peer.Signing, Made: time.Now().UTC(), Entries: []Entry{{File, "a.age", 300, digest}}}
	}
	names := []string{"..", "../a.age", "/etc/a.age", "a/b.age", `a\b.age`, ".age", "a", "a.exe", "a.age.exe", "a\x00.age", "a.age/", "", "/dev/sda.age",
		strings.Repeat("a", 64<<10) + ".age", strings.Repeat("\u202e", 100) + ".age"}
	bad := map[string]func(*Offer){
		"no entry":          func(o *Offer) { o.Entries = nil },
		"for somebody else": func(o *Offer) { o.To = eve.peer.Signing },
		"for nobody":        func(o *Offer) { o.To = nil },
		"ID of a path":      func(o *Offer) { o.ID = "../../../../../../etc/passwd00000" },
		"ID in capitals":    func(o *Offer) { o.ID = strings.ToUpper(strings.Repeat("ab", 16)) },
		"negative size":     func(o *Offer) { o.Entries[0].Size = -1 },
		"no size":           func(o *Offer) { o.Entries[0].Size = 0 },
		"size of 2^63-1":    func(o *Offer) { o.Entries[0].Size = math.MaxInt64 },
		"sum overflows": func(o *Offer) {
			o.Entries = []Entry{{File, "a.age", maxTotal, digest}, {File, "b.age", maxTotal, digest}}
		},
		"short digest":   func(o *Offer) { o.Entries[0].Digest = digest[:31] },
		"unknown sort":   func(o *Offer) { o.Entries[0].Sort = "link" },
		"large paper":    func(o *Offer) { o.Entries[0] = Entry{Paper, "a.txt", maxPaper + 1, digest} },
		"10,001 entries": func(o *Offer) { o.Entries = manyEntries(MaxEntries+1, digest) },
	}
	for _, name := range names {
		bad["name "+fmt.Sprintf("%.20q", name)] = func(o *Offer) { o.Entries[0].Name = name }
	}
	for name, change := range bad {
		o := good()
		change(&o)
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		ch := rogue(t, d, ana)
		ch.sendSigned(t, ana, text)
		if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
			t.Errorf("%s: %v", name, got.err)
		}
		ch.Close()
	}
	text, err := json.Marshal(good())
	if err != nil {
		t.Fatal(err)
	}
	for name, send := range map[string]func(*Channel){
		"signed by another":  func(c *Channel) { c.sendSigned(t, eve, text) },
		"something after it": func(c *Channel) { c.sendSigned(t, ana, append(bytes.Clone(text), " {}"...)) },
		"a field more":       func(c *Channel) { c.sendSigned(t, ana, append([]byte(`{"x":1,`), text[1:]...)) },
		"8 MiB of spaces":    func(c *Channel) { c.sendSigned(t, ana, append(bytes.Repeat([]byte(" "), maxOffer), text...)) },
	} {
		ch := rogue(t, d, ana)
		send(ch)
		if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
			t.Errorf("%s: %v", name, got.err)
		}
		ch.Close()
	}
	if n := left(t, d.folder); len(n) != 0 {
		t.Errorf("in the folder: %q", n)
	}
	if n := left(t, filepath.Join(d.profile, "inbox")); len(n) != 0 {
		t.Errorf("in the profile: %q", n)
	}
}

func manyEntries(n int, digest []byte) (all []Entry) {
	for i := range n {
		all = append(all, Entry{File, fmt.Sprintf("%d.age", i), 300, digest})
	}
	return all
}

// TestRogueBytes: what comes after a yes is held to what was offered.
func TestRogueBytes(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 5000, ben.pair.Public().Recipient)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data := func(b []byte) []byte { return raw(dataFrame, uint32(len(b)), b) }
	start := func(s string) []byte { return raw(beginFrame, uint32(len(s)), []byte(s)) }
	for name, frames := range map[string][][]byte{
		"more than offered":      {start(`{"entry":0,"at":0}`), data(append(bytes.Clone(content), 'x'))},
		"another header":         {start(`{"entry":0,"at":0}`), data(append([]byte("age-encryption.org/v1\n-> X"), content[26:]...))},
		"no age file":            {start(`{"entry":0,"at":0}`), data(bytes.Repeat([]byte("x"), len(content)))},
		"an entry not offered":   {start(`{"entry":1,"at":0}`)},
		"an entry below 0":       {start(`{"entry":-1,"at":0}`)},
		"from the middle":        {start(`{"entry":0,"at":4000}`)},
		"from below 0":           {start(`{"entry":0,"at":-1}`)},
		"empty data":             {start(`{"entry":0,"at":0}`), data(nil)},
		"control within data":    {start(`{"entry":0,"at":0}`), data(content[:100]), start(`{"entry":0,"at":0}`)},
		"bye before everything":  {raw(byeFrame, 2, []byte("{}"))},
		"another offer":          {raw(offerFrame, 2, []byte("{}"))},
		"stored from the dialer": {raw(storedFrame, 11, []byte(`{"entry":0}`))},
	} {
		ch := rogue(t, d, ana)
		p := parcel(t, ben.peer, path)
		if err := ch.propose(p.Offer); err != nil {
			t.Fatal(err)
		}
		if err := ch.expect(t.Context(), answerFrame, &answer{}); err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			if _, err := ch.conn.Write(f); err != nil {
				break // thrown out already
			}
		}
		_ = ch.conn.NetConn().(*patient).flush() // likewise
		if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
			t.Errorf("%s: %v", name, got.err)
		}
		ch.Close()
		if n := left(t, d.folder); len(n) != 0 {
			t.Fatalf("%s: in the folder: %q", name, n)
		}
	}
}

// TestReplays: what one contact signed is worth nothing from another, nor to another, and an
// ID cannot be used for something else.
func TestReplays(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	d := newDesk(t, ben, ana, eve)
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 3<<20, ben.pair.Public().Recipient)
	p := parcel(t, ben.peer, path)
	text, err := json.Marshal(p.Offer)
	if err != nil {
		t.Fatal(err)
	}
	ch := rogue(t, d, eve)
	ch.sendSigned(t, ana, text) // Eve passes on what Ana signed
	if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
		t.Errorf("Ana's offer from Eve: %v", got.err)
	}

	broken, err := Dial(t.Context(), cutter(t, d.address(), 1<<20), ana.me, ben.peer)
	if err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), broken, p, quiet); fault.Of(err) != fault.Disconnected {
		t.Fatal(err)
	}
	<-d.done
	other := *p.Offer
	other.Entries = []Entry{{File, "other.age", 3 << 20, p.Offer.Entries[0].Digest}}
	if text, err = json.Marshal(other); err != nil {
		t.Fatal(err)
	}
	ch = rogue(t, d, ana)
	ch.sendSigned(t, ana, text)
	if got := <-d.done; fault.Of(got.err) != fault.OfferBad {
		t.Errorf("another offer under a known ID: %v", got.err)
	}
	ch = rogue(t, d, eve)
	ch.sendSigned(t, eve, text) // Eve's own transfer, not Ana's, whatever its ID: it begins at the beginning
	if err := ch.expect(t.Context(), answerFrame, &answer{}); err != nil {
		t.Error(err)
	}
	ch.Close()
	if got := <-d.done; fault.Of(got.err) != fault.Disconnected {
		t.Errorf("Eve's offer under Ana's ID: %v", got.err)
	}
}

// TestPromptFlood: one contact has one question at a time, and none for a while
// after a no.
func TestPromptFlood(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	now := time.Now()
	d.inbox.now = func() time.Time { return now }
	asked, answer := make(chan struct{}, 64), make(chan struct{})
	d.consent = func(ctx context.Context, p Peer, _ *Offer) (string, error) {
		asked <- struct{}{}
		<-answer
		return "", fault.New(fault.Declined, p.Name, nil)
	}
	path := filepath.Join(t.TempDir(), "a.age")
	ageFile(t, path, 10, ben.pair.Public().Recipient)
	send := func() error {
		ch, err := Dial(t.Context(), d.address(), ana.me, ben.peer)
		if err != nil {
			t.Fatal(err)
		}
		return Send(t.Context(), ch, parcel(t, ben.peer, path), quiet)
	}
	first := make(chan error, 1)
	go func() { first <- send() }()
	<-asked
	if err := send(); fault.Of(err) != fault.PeerBusy {
		t.Errorf("while one is asked about: %v", err)
	}
	close(answer)
	if err := <-first; fault.Of(err) != fault.Declined {
		t.Error(err)
	}
	for range 5 {
		if err := send(); fault.Of(err) != fault.PeerBusy {
			t.Errorf("just after a no: %v", err)
		}
	}
	now = now.Add(quietFor)
	if err := send(); fault.Of(err) != fault.Declined {
		t.Errorf("later: %v", err)
	}
	if len(asked) != 1 {
		t.Errorf("asked %d times more", len(asked))
	}
}
