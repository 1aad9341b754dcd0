package transfer

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What strangers can take of this program: so many connections that nobody has
// proven anything on, of everybody and of one address, each for
// handshakeTimeout. And of those who have: so many at a time.
const (
	maxStrangers = 16
	maxFromOne   = 4
	maxChannels  = 32
	maxOfOnePeer = 4
	acceptPause  = 50 * time.Millisecond // after an accept that failed for want of descriptors
)

// Listener takes channels from those who are known, until it is closed.
type Listener struct {
	tcp    net.Listener
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu       sync.Mutex
	total    int
	from     map[netip.Addr]int
	channels int
	of       map[string]int
}

// Listen waits at address ("host:port", port 0 for any that is free) until ctx
// ends or Close. known finds the peer with a signing key, and is asked anew
// each time; serve is called on a goroutine of its own for each channel, whose
// it is. Errors: those of listening, with address as the subject.
func Listen(ctx context.Context, address string, me *Me, known func(ed25519.PublicKey) (Peer, bool), serve func(context.Context, *Channel)) (*Listener, error) {
	tcp, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fault.New(fault.NoListen, address, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	l := newListener(tcp, cancel)
	context.AfterFunc(ctx, func() { tcp.Close() })
	l.all.Go(func() {
		defer secret.Guard()
		l.run(ctx, func(raw net.Conn) { l.serve(ctx, raw, me, known, serve) })
	})
	return l, nil
}

func newListener(tcp net.Listener, cancel context.CancelFunc) *Listener {
	return &Listener{tcp: tcp, cancel: cancel, from: make(map[netip.Addr]int), of: make(map[string]int)}
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.tcp.Addr() }

// Refuse takes no more; channels that are open go on.
func (l *Listener) Refuse() { l.tcp.Close() }

// Wait waits until it takes no more and every serve has returned.
func (l *Listener) Wait() { l.all.Wait() }

// Close takes no more, ends the context that serve was called with, and waits.
func (l *Listener) Close() {
	l.cancel()
	l.tcp.Close()
	l.all.Wait()
}

func (l *Listener) run(ctx context.Context, each func(net.Conn)) {
	for ctx.Err() == nil {
		raw, err := l.tcp.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			select {
			case <-time.After(acceptPause):
			case <-ctx.Done():
			}
			continue
		}
		l.all.Go(func() {
			defer secret.Guard()
			each(raw)
		})
	}
}

func (l *Listener) serve(ctx context.Context, raw net.Conn, me *Me, known func(ed25519.PublicKey) (Peer, bool), serve func(context.Context, *Channel)) {
	met, ok := l.meet(raw)
	if !ok {
		raw.Close()
		return
	}
	ch, err := accept(ctx, raw, me, known)
	met()
	if err != nil {
		return // a stranger, whom nobody wants to hear of
	}
	left, ok := l.enter(ch.Peer)
	if !ok {
		ch.Stop(fault.New(fault.PeerBusy, ch.Peer.Name, nil))
		return
	}
	defer left()
	defer ch.Close()
	serve(ctx, ch)
}

// meet counts a connection that nobody has proven anything on.
func (l *Listener) meet(raw net.Conn) (over func(), ok bool) {
	var host netip.Addr
	if at, is := raw.RemoteAddr().(*net.TCPAddr); is {
		host = at.AddrPort().Addr().Unmap()
		if host.Is6() { // a household's addresses are one
			if net64, err := host.WithZone("").Prefix(64); err == nil {
				host = net64.Addr()
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= maxStrangers || l.from[host] >= maxFromOne {
		return nil, false
	}
	l.total++
	l.from[host]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.total--
		if l.from[host]--; l.from[host] == 0 {
			delete(l.from, host)
		}
	}, true
}

// enter counts a channel of somebody known.
func (l *Listener) enter(p Peer) (over func(), ok bool) {
	tag := peerTag(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.channels >= maxChannels || l.of[tag] >= maxOfOnePeer {
		return nil, false
	}
	l.channels++
	l.of[tag]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.channels--
		if l.of[tag]--; l.of[tag] == 0 {
			delete(l.of, tag)
		}
	}, true
}
