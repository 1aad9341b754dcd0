package transfer

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Channel is an open connection to a peer who proved who they are. One
// goroutine sends or receives on it; Stop and Close may be called by others.
type Channel struct {
	Peer Peer
	me   *Me
	conn *tls.Conn

	writing sync.Mutex // a frame is written whole
	frames  chan frame // what came in, beats left out; closed after the last one
	broken  error      // why it was the last one; to be read once frames is closed
	last    bool       // because the other side said so; likewise
	free    chan []byte
	over    chan struct{} // closed by Close
	closing sync.Once
}

type frame struct {
	kind kind
	body []byte
}

const (
	beatEvery  = 20 * time.Second
	readAhead  = 3               // data frames that wait for the disk
	lastWords  = 3 * time.Second // for the other side to hear why
	headerRoom = frameHead       // before the bytes handed to sendData
)

// start lets the channel run: from now on only silence ends it.
func (c *Channel) start() {
	c.conn.NetConn().(*patient).begin()
	c.over = make(chan struct{})
	c.frames = make(chan frame)
	c.free = make(chan []byte, readAhead)
	for range readAhead {
		c.free <- make([]byte, 0, dataSize)
	}
	go c.listen()
	go c.beat()
}

// listen reads frames ahead of whoever uses them. Once there is nothing more to
// read, nothing that is written arrives anywhere either.
func (c *Channel) listen() {
	defer secret.Guard()
	defer close(c.frames)
	defer c.Close()
	for {
		var buf []byte
		select {
		case buf = <-c.free:
		case <-c.over:
			c.broken = fault.New(fault.Disconnected, c.Peer.Name, nil)
			return
		}
		k, body, err := readFrame(c.conn, buf)
		if err != nil {
			c.broken = c.failure(err)
			return
		}
		switch k {
		case beatFrame:
			c.free <- body
			continue
		case stopFrame:
			c.broken, c.last = c.told(body), true
			return
		}
		select {
		case c.frames <- frame{k, body}:
		case <-c.over:
			c.broken = fault.New(fault.Disconnected, c.Peer.Name, nil)
			return
		}
	}
}

// told is the reason that the other side gave for stopping.
func (c *Channel) told(body []byte) error {
	var s stop
	if err := decode(body, &s); err != nil {
		return err
	}
	k, known := reasons[s.Reason]
	if !known {
		k = fault.OfferBad
	}
	return fault.New(k, c.Peer.Name, nil)
}

// done gives the buffer of a frame back.
func (c *Channel) done(f frame) { c.free <- f.body }

// next is the next frame. Errors: what ended the channel, or Cancelled.
func (c *Channel) next(ctx context.Context) (frame, error) {
	select {
	case f, ok := <-c.frames:
		if !ok {
			return frame{}, c.broken
		}
		return f, nil
	case <-ctx.Done():
		return frame{}, fault.New(fault.Cancelled, c.Peer.Name, context.Cause(ctx))
	}
}

// expect is the next frame, which has to be of that kind, as message.
func (c *Channel) expect(ctx context.Context, k kind, message any) error {
	f, err := c.next(ctx)
	if err != nil {
		return err
	}
	defer c.done(f)
	if f.kind != k {
		return fault.New(fault.OfferBad, c.Peer.Name, nil)
	}
	return decode(f.body, message)
}

// beat says that this side is still here, through the silences of a person who is
// being asked or a disk that is being waited for.
func (c *Channel) beat() {
	defer secret.Guard()
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if c.writing.TryLock() { // otherwise something is being said
				_ = c.write(append(make([]byte, frameHead), "{}"...), beatFrame) // who reads finds the connection broken
				c.writing.Unlock()
			}
		case <-c.over:
			return
		}
	}
}

// greeted waits for the listener's first frame.
func (c *Channel) greeted() error {
	k, body, err := readFrame(c.conn, nil)
	if err != nil {
		return err
	}
	var h hello
	if k != helloFrame || decode(body, &h) != nil {
		return fault.New(fault.PeerForeign, c.Peer.Name, nil)
	}
	if h.Version != 1 {
		return fault.New(fault.TooNew, c.Peer.Name, nil)
	}
	return nil
}

// send writes one control frame.
func (c *Channel) send(k kind, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	return c.sendBytes(k, append(make([]byte, headerRoom, headerRoom+len(body)), body...))
}

// sendBytes writes one frame whose body comes after headerRoom bytes.
func (c *Channel) sendBytes(k kind, b []byte) error {
	c.writing.Lock()
	err := c.write(b, k)
	c.writing.Unlock()
	if err != nil {
		return c.parting(err)
	}
	return nil
}

func (c *Channel) write(b []byte, k kind) error {
	putHead(b, k, len(b)-frameHead)
	if _, err := c.conn.Write(b); err != nil {
		return err
	}
	return c.conn.NetConn().(*patient).flush()
}

// parting is why nothing can be written any more: what the other side said before
// it closed, if it said so, tells more than that writing failed.
func (c *Channel) parting(err error) error {
	if c.frames == nil {
		return c.failure(err)
	}
	late := time.AfterFunc(lastWords, c.Close)
	defer late.Stop()
	c.drain()
	if c.last {
		return c.broken
	}
	return c.failure(err)
}

// failure is an error of the connection as a fault about the peer.
func (c *Channel) failure(err error) error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return fault.New(f.Kind, c.Peer.Name, err)
	case isNetwork(err):
		return fault.New(fault.Disconnected, c.Peer.Name, err)
	}
	return fault.New(fault.OfferBad, c.Peer.Name, err) // a record that does not authenticate
}

// Stop tells the other side why this one ends, if that can be said soon, and
// closes.
func (c *Channel) Stop(err error) {
	late := time.AfterFunc(lastWords, c.Close)
	defer late.Stop()
	if c.send(stopFrame, stop{reasonOf(err)}) == nil { // whoever is gone needs no reason
		c.drain()
	}
	c.Close()
}

// drain waits until the other side has read the last word and closed. A
// connection that is closed while something of its own is unread would take
// that word with it.
func (c *Channel) drain() {
	for f := range c.frames {
		c.done(f)
	}
}

// Close ends the channel. Idempotent.
func (c *Channel) Close() {
	c.closing.Do(func() {
		if c.over != nil {
			close(c.over)
		}
		// Not conn.Close, which waits for a write under way to say goodbye.
		_ = c.conn.NetConn().Close()
	})
}
