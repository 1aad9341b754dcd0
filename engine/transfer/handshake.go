package transfer

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"cryptodesk/engine/fault"
)

const (
	protocol    = "cryptodesk/1"   // ALPN (RFC 7301); another number is another protocol
	idleTimeout = 60 * time.Second // between two reads of an authenticated channel
)

// handshakeTimeout is for the whole of it, however many bytes trickle in. Tests
// have less patience.
var handshakeTimeout = 10 * time.Second

// config is what both ends ask of TLS. verify looks at the key of the other
// end.
func config(me *Me, protocol string, verify func(ed25519.PublicKey) error) *tls.Config {
	return &tls.Config{
		MinVersion:                  tls.VersionTLS13,
		MaxVersion:                  tls.VersionTLS13,
		Certificates:                []tls.Certificate{me.certificate},
		ClientAuth:                  tls.RequireAnyClientCert,
		InsecureSkipVerify:          true, // no authority stands behind these keys: VerifyConnection pins them
		CurvePreferences:            []tls.CurveID{tls.X25519MLKEM768},
		NextProtos:                  []string{protocol},
		SessionTicketsDisabled:      true,
		DynamicRecordSizingDisabled: true, // files, not pages
		VerifyConnection:            func(s tls.ConnectionState) error { return check(s, protocol, verify) },
	}
}

// check holds a handshake to what this package promises. crypto/tls accepts a
// peer that names no protocol at all, so that is looked at here as well.
func check(s tls.ConnectionState, protocol string, verify func(ed25519.PublicKey) error) error {
	switch {
	case s.Version != tls.VersionTLS13, s.NegotiatedProtocol != protocol, s.CurveID != tls.X25519MLKEM768, s.DidResume,
		len(s.PeerCertificates) != 1:
		return fault.New(fault.PeerForeign, "", nil)
	}
	key, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return fault.New(fault.PeerForeign, "", nil)
	}
	return verify(key)
}

// Dial connects to address ("host:port") and makes sure that peer is there.
// Errors: Unreachable (nobody answers there), PeerWrong (somebody with another
// key does), PeerForeign (another program), PeerUnknown (peer does not have
// one's key among the contacts, or is not ready for one), TooNew,
// Disconnected, Cancelled; address or the peer's name is the subject.
func Dial(ctx context.Context, address string, me *Me, peer Peer) (*Channel, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, unreachable(ctx, address, err)
	}
	conn := tls.Client(&patient{Conn: raw}, config(me, protocol, func(key ed25519.PublicKey) error {
		if !key.Equal(peer.Signing) {
			return fault.New(fault.PeerWrong, peer.Name, nil)
		}
		return nil
	}))
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, refused(ctx, peer.Name, err)
	}
	ch := &Channel{conn: conn, me: me, Peer: peer}
	// In time with the handshake: whoever is not taken learns it now.
	_ = raw.SetDeadline(time.Now().Add(handshakeTimeout)) // fails only when closed, which the next call says
	hurry := context.AfterFunc(ctx, func() { raw.Close() })
	defer hurry()
	if err := ch.greeted(); err != nil {
		raw.Close()
		return nil, refused(ctx, peer.Name, err)
	}
	ch.start()
	return ch, nil
}

// accept makes sure that a connection is from somebody whom known knows.
func accept(ctx context.Context, raw net.Conn, me *Me, known func(ed25519.PublicKey) (Peer, bool)) (*Channel, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	var peer Peer
	conn := tls.Server(&patient{Conn: raw}, config(me, protocol, func(key ed25519.PublicKey) error {
		var ok bool
		if peer, ok = known(key); !ok {
			return fault.New(fault.PeerUnknown, "", nil)
		}
		return nil
	}))
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, refused(ctx, "", err)
	}
	ch := &Channel{conn: conn, me: me, Peer: peer}
	_ = raw.SetDeadline(time.Now().Add(handshakeTimeout)) // fails only when closed, which the next call says
	if err := ch.send(helloFrame, hello{Version: 1}); err != nil {
		raw.Close()
		return nil, err
	}
	ch.start()
	return ch, nil
}

func unreachable(ctx context.Context, address string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fault.New(fault.Cancelled, address, context.Cause(ctx))
	}
	return fault.New(fault.Unreachable, address, err)
}

// refused says why a handshake ended.
func refused(ctx context.Context, name string, err error) error {
	var f *fault.Error
	var op *net.OpError
	var odd tls.RecordHeaderError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.New(fault.Cancelled, name, context.Cause(ctx))
	case errors.As(err, &f):
		return f
	case errors.As(err, &op) && op.Op == "remote error": // an alert: the other side looked at us and said no
		return fault.New(fault.PeerUnknown, name, err)
	case errors.As(err, &odd):
		return fault.New(fault.PeerForeign, name, err)
	case isNetwork(err):
		return fault.New(fault.Disconnected, name, err)
	}
	return fault.New(fault.PeerForeign, name, err)
}

// patient is a connection on which, once the handshake is over, every read and
// write may take idleTimeout, however long the whole takes. It then also gathers
// what crypto/tls reads and writes record by record, 16 KiB each, into an eighth
// of the system calls; what is written goes out with flush.
type patient struct {
	net.Conn
	in  *bufio.Reader
	mu  sync.Mutex // crypto/tls answers a key update, which a peer may ask for, while it reads
	out *bufio.Writer
}

const gathered = 128 << 10 // bytes

func (p *patient) begin() {
	_ = p.Conn.SetDeadline(time.Time{}) // fails only when closed, which the next read says
	p.in = bufio.NewReaderSize(idle{p.Conn}, gathered)
	p.out = bufio.NewWriterSize(idle{p.Conn}, gathered)
}

func (p *patient) Read(b []byte) (int, error) {
	if p.in == nil {
		return p.Conn.Read(b)
	}
	return p.in.Read(b)
}

func (p *patient) Write(b []byte) (int, error) {
	if p.out == nil {
		return p.Conn.Write(b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *patient) flush() error {
	if p.out == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Flush()
}

// idle sets the deadline of each single read and write.
type idle struct{ net.Conn }

func (c idle) Read(b []byte) (int, error) {
	_ = c.Conn.SetReadDeadline(time.Now().Add(idleTimeout)) // as in begin
	return c.Conn.Read(b)
}

func (c idle) Write(b []byte) (int, error) {
	_ = c.Conn.SetWriteDeadline(time.Now().Add(idleTimeout))
	return c.Conn.Write(b)
}
