package transfer

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// A beacon says on the local network, while somebody is ready to receive, where
// they listen; only who holds their contact card can tell whose it is. It is a
// datagram to an administratively scoped multicast group (RFC 2365), which no
// router passes on:
//
//	"CDB1"     4 bytes
//	salt      16 bytes, random, new in every beacon
//	tag       16 bytes, of HMAC-SHA-256(SHA-256(label, signing key), salt, hour, port)
//	port       2 bytes, XORed with two further bytes of the HMAC
//
// Numbers are big-endian; the hour is that of Unix time, 8 bytes. So two beacons
// of a stranger look as unlike each other as those of two strangers. A beacon
// proves nothing: it can be sent again from elsewhere within its hour. It is only
// where to knock; the channel proves who opens.
const (
	beaconMagic  = "CDB1"
	beaconLabel  = "CryptoDesk v1: beacon\n"
	beaconSize   = len(beaconMagic) + saltSize + tagSize + 2
	saltSize     = 16
	tagSize      = 16
	beaconEvery  = 3 * time.Second
	maxSightings = 4096 // whose beacons are told apart in one listening
)

// beaconGroup is where beacons go.
var beaconGroup = netip.MustParseAddrPort("239.255.67.68:53918")

// beaconKey is what holders of a card know.
func beaconKey(signing ed25519.PublicKey) [sha256.Size]byte {
	return sha256.Sum256(append([]byte(beaconLabel), signing...))
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// beaconSum covers the port before it is hidden.
func beaconSum(key [sha256.Size]byte, salt []byte, hour int64) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write(salt)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(hour)))
	return h.Sum(nil)
}

// beacon is a new one.
func beacon(key [sha256.Size]byte, now time.Time, port uint16) []byte {
	b := append(make([]byte, 0, beaconSize), beaconMagic...)
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum := beaconSum(key, salt, hourOf(now))
	b = append(append(b, salt...), sum[:tagSize]...)
	return binary.BigEndian.AppendUint16(b, port^binary.BigEndian.Uint16(sum[tagSize:]))
}

// recognise says whether b is the beacon of whoever has that key, sent within an
// hour of now, and the port in it.
func recognise(b []byte, key [sha256.Size]byte, now time.Time) (port uint16, ok bool) {
	if len(b) != beaconSize || string(b[:len(beaconMagic)]) != beaconMagic {
		return 0, false
	}
	salt, rest := b[len(beaconMagic):][:saltSize], b[len(beaconMagic)+saltSize:]
	for _, hour := range []int64{hourOf(now), hourOf(now) - 1, hourOf(now) + 1} { // clocks differ
		sum := beaconSum(key, salt, hour)
		if hmac.Equal(sum[:tagSize], rest[:tagSize]) {
			return binary.BigEndian.Uint16(rest[tagSize:]) ^ binary.BigEndian.Uint16(sum[tagSize:]), true
		}
	}
	return 0, false
}

// Announce sends beacons until ctx ends, on every interface that has multicast:
// one at once, and one every three seconds. It blocks. What cannot be sent is
// not: beacons are a convenience.
func Announce(ctx context.Context, signing ed25519.PublicKey, port int) {
	key := beaconKey(signing)
	t := time.NewTicker(beaconEvery)
	defer t.Stop()
	for {
		for _, from := range multicastAddresses() {
			shout(from, beacon(key, time.Now(), uint16(port)))
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func shout(from netip.Addr, b []byte) {
	conn, err := net.DialUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.UDPAddrFromAddrPort(beaconGroup))
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write(b)
}

// multicastAddresses are the IPv4 addresses of interfaces that are up and have
// multicast.
func multicastAddresses() (all []netip.Addr) {
	for _, i := range multicastInterfaces() {
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok {
				if at, ok := netip.AddrFromSlice(n.IP); ok && at.Unmap().Is4() {
					all = append(all, at.Unmap())
				}
			}
		}
	}
	return all
}

func multicastInterfaces() []net.Interface {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(i net.Interface) bool {
		return i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0
	})
}

// Watch listens for beacons until ctx ends, and tells where each of the peers was
// seen, again whenever that changes. seen is called by one goroutine at a time.
// It blocks. Errors: NoListen.
func Watch(ctx context.Context, peers func() []Peer, seen func(p Peer, address string)) error {
	var conns []*net.UDPConn
	for _, i := range multicastInterfaces() {
		conn, err := net.ListenMulticastUDP("udp4", &i, net.UDPAddrFromAddrPort(beaconGroup))
		if err == nil {
			conns = append(conns, conn)
		}
	}
	if len(conns) == 0 {
		return fault.New(fault.NoListen, beaconGroup.String(), nil)
	}
	defer context.AfterFunc(ctx, func() {
		for _, c := range conns {
			c.Close()
		}
	})()
	w := &watcher{peers: peers, seen: seen, last: make(map[string]string)}
	var all sync.WaitGroup
	for _, c := range conns {
		all.Go(func() {
			defer secret.Guard()
			w.read(c)
		})
	}
	all.Wait()
	return nil
}

type watcher struct {
	peers func() []Peer
	seen  func(Peer, string)

	mu   sync.Mutex
	last map[string]string // signing key to address
}

func (w *watcher) read(c *net.UDPConn) {
	b := make([]byte, beaconSize+1)
	for {
		n, from, err := c.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		w.take(b[:n], from.Addr().Unmap())
	}
}

func (w *watcher) take(b []byte, from netip.Addr) {
	if len(b) != beaconSize || string(b[:len(beaconMagic)]) != beaconMagic {
		return // before anybody is looked up
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.peers() {
		port, ok := recognise(b, beaconKey(p.Signing), time.Now())
		if !ok || port == 0 {
			continue
		}
		address := netip.AddrPortFrom(from, port).String()
		if w.last[string(p.Signing)] != address && len(w.last) < maxSightings {
			w.last[string(p.Signing)] = address
			w.seen(p, address)
		}
		return
	}
}
