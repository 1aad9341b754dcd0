package transfer

import (
	"bytes"
	"net/netip"
	"testing"
	"time"
)

func TestBeacon(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	now := time.Date(2026, 11, 26, 12, 59, 0, 0, time.UTC)
	b := beacon(beaconKey(ana.peer.Signing), now, 53917)
	for after, want := range map[time.Duration]bool{0: true, 2 * time.Minute: true, -time.Hour: true, 3 * time.Hour: false, -3 * time.Hour: false} {
		port, ok := recognise(b, beaconKey(ana.peer.Signing), now.Add(after))
		if ok != want || ok && port != 53917 {
			t.Errorf("after %s: %v, port %d", after, ok, port)
		}
	}
	if _, ok := recognise(b, beaconKey(ben.peer.Signing), now); ok {
		t.Error("taken for somebody else's")
	}
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 1
		if port, ok := recognise(c, beaconKey(ana.peer.Signing), now); ok && port == 53917 {
			t.Errorf("byte %d changed and not noticed", i)
		}
	}
	for _, c := range [][]byte{nil, b[:len(b)-1], append(bytes.Clone(b), 0)} {
		if _, ok := recognise(c, beaconKey(ana.peer.Signing), now); ok {
			t.Errorf("%d bytes were taken", len(c))
		}
	}
}

// TestBeaconsShareNothing: nothing in two beacons of one person, at the same place in the same
// minute, is alike beyond what those of two persons have in common.
func TestBeaconsShareNothing(t *testing.T) {
	key := beaconKey(newPerson(t, "Ana").peer.Signing)
	now := time.Now()
	alike := make([]int, beaconSize)
	const pairs = 2000
	for range pairs {
		a, b := beacon(key, now, 53917), beacon(key, now, 53917)
		for i := range a {
			if a[i] == b[i] {
				alike[i]++
			}
		}
	}
	for i, n := range alike[len(beaconMagic):] {
		if n > pairs/256*5 {
			t.Errorf("byte %d is the same in %d of %d pairs", i+len(beaconMagic), n, pairs)
		}
	}
}

func TestWatcher(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	var seen []string
	w := &watcher{
		peers: func() []Peer { return []Peer{ana.peer, ben.peer} },
		seen:  func(p Peer, address string) { seen = append(seen, p.Name+" "+address) },
		last:  make(map[string]string),
	}
	at := netip.MustParseAddr("192.0.2.7")
	w.take(beacon(beaconKey(ben.peer.Signing), time.Now(), 5000), at)
	w.take(beacon(beaconKey(ben.peer.Signing), time.Now(), 5000), at)
	w.take(beacon(beaconKey(newPerson(t, "Eve").peer.Signing), time.Now(), 5000), at)
	w.take([]byte("CDB1 and some more that is no beacon at all"), at)
	w.take(beacon(beaconKey(ben.peer.Signing), time.Now(), 5001), at)
	if len(seen) != 2 || seen[0] != "Ben 192.0.2.7:5000" || seen[1] != "Ben 192.0.2.7:5001" {
		t.Errorf("seen %q", seen)
	}
}
