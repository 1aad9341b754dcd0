package keys

import (
	"context"
	"image"
	"time"

	"cryptodesk/engine"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

// Engine is what this screen asks of the engine. *engine.Engine is one.
type Engine interface {
	Adder
	Carder
	Importer
	Keys() []identity.Public
	Contacts() []identity.Contact
	Groups() []keyring.Group
	LastUsed() map[string]time.Time

	NewKey(ctx context.Context, name string, kind identity.Kind) (identity.Public, error)
	RenameKey(ctx context.Context, id, name string) error
	DeleteKey(ctx context.Context, id string) error
	ExportKey(ctx context.Context, id string, pass, fresh *secret.Buffer, path string) error
	ChangePassphrase(ctx context.Context, old, fresh *secret.Buffer) error
	UnlockWait() time.Duration

	RenameContact(ctx context.Context, id, name string) error
	DeleteContact(ctx context.Context, id string) error
	SafetyWords(mine, contact string) ([]string, error)
	VerifyContact(ctx context.Context, id string, verified bool) error
	AcceptChange(ctx context.Context, id string) error
	RefuseChange(ctx context.Context, id string) error
	Agent() (engine.Agent, bool)
	SetGroup(ctx context.Context, old string, g keyring.Group) error
	DeleteGroup(ctx context.Context, name string) error

	Remember(section string, v any)
	Recall(section string, v any) bool
}

// Adder takes contacts in.
type Adder interface {
	AddContact(ctx context.Context, name string, text []byte) (identity.Contact, error)
}

// Carder writes the contact card of an own key pair.
type Carder interface {
	Card(id string) ([]byte, error)
	CardCode(id string) (image.Image, error)
}

// Importer reads what somebody dropped, pasted or chose, and takes it in.
type Importer interface {
	Read(ctx context.Context, data *secret.Buffer, ask identity.Ask) (*engine.Incoming, error)
	ReadFile(ctx context.Context, path string, ask identity.Ask) (*engine.Incoming, error)
	Take(ctx context.Context, in *engine.Incoming) error
}
