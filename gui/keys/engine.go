package keys

import (
	"context"

	"cryptodesk/engine/identity"
)

// Engine is what this screen asks of the engine. *engine.Engine is one.
type Engine interface {
	Adder
	Carder
	Keys() []identity.Public
	Contacts() []identity.Contact
	NewKey(ctx context.Context, name string, kind identity.Kind) (identity.Public, error)
}

// Adder takes contacts in.
type Adder interface {
	AddContact(ctx context.Context, name string, text []byte) (identity.Contact, error)
}

// Carder writes the contact card of an own key pair.
type Carder interface {
	Card(id string) ([]byte, error)
}
