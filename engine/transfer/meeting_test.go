package transfer

import (
	"context"
	"net"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func (p person) card(t *testing.T) []byte {
	t.Helper()
	card, err := identity.MarshalCard(p.pair)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// again is a Me of its own, for who takes it over.
func (p person) again(t *testing.T) *Me {
	t.Helper()
	key, err := p.pair.Signer()
	if err != nil {
		t.Fatal(err)
	}
	me, err := NewMe(key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(me.Close)
	return me
}

// met is how a meeting began.
type met struct {
	m   *Meeting
	err error
}

func hosting(t *testing.T, p person) (*Host, <-chan met) {
	t.Helper()
	h, err := NewHost(t.Context(), "127.0.0.1:0", p.again(t), p.card(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	came := make(chan met, 1)
	go func() {
		m, err := h.Wait(t.Context())
		came <- met{m, err}
	}()
	return h, came
}

func meeting(t *testing.T, a, b person) (ma, mb *Meeting) {
	t.Helper()
	h, came := hosting(t, b)
	ma, err := Meet(t.Context(), h.Addr().String(), a.again(t), a.card(t))
	if err != nil {
		t.Fatal(err)
	}
	got := <-came
	if got.err != nil {
		t.Fatal(got.err)
	}
	return ma, got.m
}

func TestMeeting(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	a, b := meeting(t, ana, ben)
	if a.Say == b.Say {
		t.Error("both say the same: one could repeat what the other said")
	}
	heard := make(chan error, 1)
	go func() {
		c, err := b.Hear(t.Context(), a.Say)
		if err == nil && (c.Name != "Ana" || !c.Verified || c.Recipient != ana.pair.Public().Recipient) {
			t.Errorf("Ben met %+v", c)
		}
		heard <- err
	}()
	c, err := a.Hear(t.Context(), b.Say)
	if err != nil || c.Name != "Ben" || !c.Verified || c.Classic != ben.pair.Public().Classic {
		t.Errorf("Ana met %+v, %v", c, err)
	}
	if err := <-heard; err != nil {
		t.Error(err)
	}
}

// Who connects first and is silent, and who gets as far as the commitment and stops there, keep nobody from meeting.
func TestMeetingPastTheSilent(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	h, came := hosting(t, ben)
	silent, err := net.Dial("tcp", h.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	raw, err := net.Dial("tcp", h.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, key, err := handshake(t.Context(), raw, eve.again(t), false)
	if err != nil {
		t.Fatal(err)
	}
	stuck := &Meeting{ch: &Channel{conn: conn, me: eve.again(t), Peer: Peer{Signing: key}}}
	stuck.ch.start()
	defer stuck.ch.Close()
	if _, err := stuck.swapCards(t.Context(), eve.card(t)); err != nil {
		t.Fatal(err)
	}
	if err := stuck.ch.expect(t.Context(), commitFrame, &commitment{}); err != nil {
		t.Fatal(err)
	}

	a, err := Meet(t.Context(), h.Addr().String(), ana.again(t), ana.card(t))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b := <-came
	if b.err != nil || b.m.Contact.Name != "Ana" || b.m.hear != a.Say {
		t.Fatalf("%+v", b)
	}
	b.m.Close()
	// There is one meeting: the nonce of another is never told.
	_ = stuck.ch.send(nonceFrame, opening{make([]byte, nonceSize)}) // it may be closed already
	if err := stuck.ch.expect(t.Context(), nonceFrame, &opening{}); err == nil {
		t.Error("a second one got as far as the words")
	}
}

func TestMeetingWrongWord(t *testing.T) {
	a, b := meeting(t, newPerson(t, "Ana"), newPerson(t, "Ben"))
	heard := make(chan error, 1)
	go func() {
		_, err := b.Hear(t.Context(), a.Say)
		heard <- err
	}()
	if _, err := a.Hear(t.Context(), a.Say); fault.Of(err) != fault.WordsWrong {
		t.Errorf("Ana: %v", err)
	}
	if err := <-heard; fault.Of(err) != fault.WordsWrong {
		t.Errorf("Ben: %v", err)
	}
	if _, err := a.Hear(t.Context(), b.Say); err == nil {
		t.Error("a second try")
	}
}

// TestMeetingInTheMiddle: somebody between the two has a whole meeting with each,
// under a key of their own; what Ana says is not what Ben waits for, in either
// direction, whoever of the two dialed.
func TestMeetingInTheMiddle(t *testing.T) {
	ana, ben, eve := newPerson(t, "Ana"), newPerson(t, "Ben"), newPerson(t, "Eve")
	a, e1 := meeting(t, ana, eve)
	e2, b := meeting(t, eve, ben)
	heard := make(chan error, 2)
	go func() { _, err := a.Hear(t.Context(), b.Say); heard <- err }() // on the telephone
	go func() { _, err := b.Hear(t.Context(), a.Say); heard <- err }()
	for range 2 {
		if err := <-heard; fault.Of(err) != fault.WordsWrong {
			t.Errorf("%v", err)
		}
	}
	e1.Close()
	e2.Close()
}

// TestMeetingNeedsTheCommitment: a listener who chooses its nonce after it has seen the
// other one is found out, and so is a card that is not the channel's.
func TestMeetingNeedsTheCommitment(t *testing.T) {
	ana, eve, ben := newPerson(t, "Ana"), newPerson(t, "Eve"), newPerson(t, "Ben")
	for name, rogue := range map[string]func(ch *Channel, bound []byte){
		"another nonce than promised": func(ch *Channel, bound []byte) {
			_ = ch.sendBytes(cardFrame, append(make([]byte, headerRoom), eve.card(t)...))
			_ = ch.send(commitFrame, commitment{commit(bound, make([]byte, nonceSize))})
			_ = ch.expect(t.Context(), cardFrame, nil)
			_ = ch.expect(t.Context(), nonceFrame, &opening{})
			_ = ch.send(nonceFrame, opening{append(make([]byte, nonceSize-1), 1)})
		},
		"no commitment": func(ch *Channel, _ []byte) {
			_ = ch.sendBytes(cardFrame, append(make([]byte, headerRoom), eve.card(t)...))
			_ = ch.send(nonceFrame, opening{make([]byte, nonceSize)})
		},
		"somebody else's card": func(ch *Channel, _ []byte) {
			_ = ch.sendBytes(cardFrame, append(make([]byte, headerRoom), ben.card(t)...))
		},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			conn, theirs, err := handshake(t.Context(), raw, eve.me, true)
			if err != nil {
				return
			}
			ch := &Channel{conn: conn, me: eve.me, Peer: Peer{Signing: theirs}}
			ch.start()
			state := conn.ConnectionState()
			bound, _ := state.ExportKeyingMaterial(meetExporter, nil, nonceSize)
			rogue(ch, bound)
			ch.drain()
		}()
		if m, err := Meet(t.Context(), l.Addr().String(), ana.again(t), ana.card(t)); fault.Of(err) != fault.OfferBad {
			t.Errorf("%s: %v %v", name, m, err)
		}
		l.Close()
	}
}

// TestMeetingIsNoChannel: a contact's connection for files is no meeting, nor the
// other way round.
func TestMeetingIsNoChannel(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	d := newDesk(t, ben, ana)
	if _, err := Meet(t.Context(), d.address(), ana.again(t), ana.card(t)); err == nil {
		t.Error("met at the door for files")
	}
	ctx, cancel := context.WithCancel(t.Context())
	h, err := NewHost(ctx, "127.0.0.1:0", ben.again(t), ben.card(t))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { _, err := h.Wait(ctx); over <- err }()
	if _, err := Dial(t.Context(), h.Addr().String(), ana.me, ben.peer); err == nil {
		t.Error("a channel for files where somebody waits to meet")
	}
	cancel()
	if err := <-over; fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}
