package recovery

import (
	"context"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/secret"
)

// Agents is what the recovery agent asks of the engine.
type Agents interface {
	Agent() (engine.Agent, bool)
	Contacts() []identity.Contact
	CanBeAgent(id string) error
	SetAgent(ctx context.Context, id string) error
	ClearAgent(ctx context.Context) error
	Encrypted(ctx context.Context, paths []string, seen func(files int)) (*batch.Plan, error)
	AddAgent(plan *batch.Plan, opt batch.OpenOptions) (*job.Job, error)
}

// AgentKeys makes keys that are to be an agent and kept on paper or in a file.
type AgentKeys interface {
	NewOfflineKey(name string) (OfflineKey, error)
	AdoptAgent(ctx context.Context, k OfflineKey) error
}

// OfflineKey is a key pair that is kept nowhere but in what is written of it;
// *engine.OfflineKey is one.
type OfflineKey interface {
	SaveFile(ctx context.Context, path string, pass *secret.Buffer) error
	SaveSheet(ctx context.Context, path string, words recovery.Labels) (Sheet, error)
	SaveShares(ctx context.Context, need, of int, dir string, words recovery.Labels) ([]string, error)
	Close()
}

// AgentDoor is the engine's own face of that; *engine.Engine has it.
type AgentDoor interface {
	Agents
	NewOfflineKey(name string) (*engine.OfflineKey, error)
	AdoptAgent(ctx context.Context, k *engine.OfflineKey) error
}

func (t through) NewOfflineKey(name string) (OfflineKey, error) {
	k, err := t.Door.NewOfflineKey(name)
	if err != nil {
		return nil, err
	}
	return offline{k}, nil
}

func (t through) AdoptAgent(ctx context.Context, k OfflineKey) error {
	return t.Door.AdoptAgent(ctx, k.(offline).OfflineKey)
}

type offline struct{ *engine.OfflineKey }

func (o offline) SaveSheet(ctx context.Context, path string, words recovery.Labels) (Sheet, error) {
	made, err := o.OfflineKey.SaveSheet(ctx, path, words)
	if err != nil {
		return nil, err
	}
	return made, nil
}
