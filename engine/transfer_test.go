package engine

import (
	"context"
	"testing"

	"cryptodesk/engine/exchange"
	"cryptodesk/engine/secret"
)

// TestWhoMaySendIsAsBeforeTheLock: somebody taken off the list just before the lock
// cannot send after it.
func TestWhoMaySendIsAsBeforeTheLock(t *testing.T) {
	e := unlocked(t)
	taken(t, e, cardOf(t, "Bo"))
	peers := e.peers()
	if err := e.exchange.Ready(exchange.Readiness{Key: signerOf(t, e), Address: "127.0.0.1:0", Silent: true, Peers: peers}); err != nil {
		t.Fatal(err)
	}
	bo, err := e.Contact("Bo")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.DeleteContact(context.Background(), bo.ID()); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	if now := peers(); len(now) != 1 || now[0].ID != Myself {
		t.Errorf("after the lock %d may send", len(now))
	}
}

// TestTheOutboxIsSealedAfterALock: encrypting what is to be sent may take longer than
// somebody sits there.
func TestTheOutboxIsSealedAfterALock(t *testing.T) {
	e := unlocked(t)
	me, _ := e.me()
	v := vault{e, me.Recipient}
	e.Lock()
	raw, err := v.Seal(secret.Take([]byte("parcel")))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Unlock(context.Background(), pass()); err != nil {
		t.Fatal(err)
	}
	plain, err := v.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Destroy()
	if string(plain.Bytes()) != "parcel" {
		t.Errorf("%d bytes", plain.Len())
	}
}

func signerOf(t *testing.T, e *Engine) exchange.Key {
	t.Helper()
	key, err := e.signer()
	if err != nil {
		t.Fatal(err)
	}
	return key
}
