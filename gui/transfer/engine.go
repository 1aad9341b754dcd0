package transfer

import (
	"context"
	"time"

	"cryptodesk/engine"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/transfer"
)

// Engine is what this screen asks of the engine. *engine.Engine is one.
type Engine interface {
	Keys() []identity.Public
	Contacts() []identity.Contact
	SafetyWords(mine, contact string) ([]string, error)

	Ready(engine.Readiness) error
	NotReady()
	IsReady() (at []string, until time.Time, ok bool)
	Seek(ctx context.Context, found func(id, address string)) error
	Send(contact string, where func() []string, paths []string, patience time.Duration) (*exchange.Exchange, error)
	Exchanges() []*exchange.Exchange
	Questions() []*exchange.Question
	Forget(*exchange.Exchange)

	HostMeeting(ctx context.Context, address string) (*transfer.Host, error)
	Meet(ctx context.Context, address string) (*transfer.Meeting, error)
	Hear(ctx context.Context, m *transfer.Meeting, words [2]string) (identity.Contact, error)

	Remember(section string, v any)
	Recall(section string, v any) bool
}

// Desk is what this screen needs of the window around it.
type Desk struct {
	Folder string            // where what arrives goes unless the person chooses
	Reveal func(path string) // shows a file in the file manager
	Open   func(path string) // takes a file to the screen that has a use for it
}

// section is where the addresses that worked are remembered, sealed.
const section = "transfer"

// addresses are those by contact.
type addresses map[string]string

func recall(eng Engine) addresses {
	all := addresses{}
	eng.Recall(section, &all)
	return all
}

func (a addresses) keep(eng Engine, contact, address string) {
	a[contact] = address
	eng.Remember(section, a)
}
