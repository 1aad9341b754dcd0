package files

import (
	"context"
	"image"
	"time"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/keys"
)

// Engine is what this screen asks of the engine. *engine.Engine is one.
type Engine interface {
	Plan(ctx context.Context, paths []string) (*batch.Plan, error)
	Encrypt(plan *batch.Plan, opt batch.EncryptOptions) (*job.Job, error)
	Decrypt(plan *batch.Plan, opt batch.OpenOptions) (*job.Job, error)
	RewrapWith(plan *batch.Plan, to []identity.Recipient, opt batch.OpenOptions) (*job.Job, error)
	People() []engine.Person
	keys.Taker // and Keys
	Card(id string) ([]byte, error)
	CardCode(id string) (image.Image, error)
	Groups() []keyring.Group
	EncryptedSince(items []batch.Item, opt batch.EncryptOptions, since time.Time) map[string]string
	OpenedSince(items []batch.Item, opt batch.OpenOptions, since time.Time) map[string]string
	Remember(section string, v any)
	Recall(section string, v any) bool
}
