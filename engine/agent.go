package engine

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/agent"
)

// Agent is the contact who can open everything that is encrypted to keys from
// now on.
type Agent struct {
	Person               // with a name and nothing else when Problem is AgentMissing
	Since   time.Time    // UTC
	Problem *fault.Error // why nothing can be encrypted for them: ContactChanged, AgentIncomplete, AgentMissing; or nil
}

// Gone says that the agent is nobody's contact any more.
func (a Agent) Gone() bool { return a.Problem != nil && a.Problem.Kind == fault.AgentMissing }

// Agent is the recovery agent; ok is false when there is none, and while locked.
func (e *Engine) Agent() (a Agent, ok bool) {
	ring, err := e.session.Keyring()
	if err != nil {
		return Agent{}, false
	}
	set, ok := e.agentNow(ring)
	if !ok {
		return Agent{}, false
	}
	a = Agent{Person: Person{Name: set.Name, ID: set.To}, Since: set.Since}
	contacts := ring.Contacts()
	i := slices.IndexFunc(contacts, func(c identity.Contact) bool { return c.ID() == set.To })
	if i < 0 {
		a.Problem = fault.New(fault.AgentMissing, set.Name, nil)
		return a, true
	}
	c := contacts[i]
	a.Person = personOf(c)
	switch {
	case c.Changed():
		a.Problem = fault.New(fault.ContactChanged, c.Name, nil)
	case !keyring.CanBeAgent(c):
		a.Problem = fault.New(fault.AgentIncomplete, c.Name, nil)
	}
	return a, true
}

// agentNow is the agent as the keyring has it, read again if another program has
// set one meanwhile, or cleared it, which the profile on disk tells.
func (e *Engine) agentNow(ring *keyring.Keyring) (keyring.Agent, bool) {
	set, ok := ring.Agent()
	told := e.session.ReadAgent()
	if ok == told {
		e.rumour.Store(nil)
		return set, ok
	}
	if last := e.rumour.Swap(&told); last != nil && *last == told {
		return set, ok // a profile that cannot be put right, which was looked into
	}
	_ = ring.Save() // reads first; the error is of a save that nobody needs
	set, ok = ring.Agent()
	_ = e.session.NoteAgent(ok) // what is wrong with the profile then is looked into once, by rumour
	return set, ok
}

// HasAgent says, also while locked, that there is a recovery agent; who it is
// only unlocking tells.
func (e *Engine) HasAgent() bool { return e.session.HasAgent() }

// CanBeAgent says whether SetAgent would take that contact; nil if so.
func (e *Engine) CanBeAgent(id string) error {
	c, err := e.Contact(id)
	switch {
	case err != nil:
		return err
	case c.Changed():
		return fault.New(fault.ContactChanged, c.Name, nil)
	case !keyring.CanBeAgent(c):
		return fault.New(fault.AgentIncomplete, c.Name, nil)
	}
	return nil
}

// SetAgent makes the contact with that ID the recovery agent, in the place of
// another. What is encrypted already stays as it is: see AddAgent. Errors:
// NoContact, ContactChanged, AgentIncomplete.
func (e *Engine) SetAgent(ctx context.Context, id string) error {
	ring, err := e.session.Keyring()
	if err != nil {
		return err
	}
	// The reminder first: without an agent it costs a question, and is put right
	// by the next unlock.
	if err := e.session.NoteAgent(true); err != nil {
		return err
	}
	err = e.change(func(*keyring.Keyring) error { return ring.SetAgent(id) })
	if err == nil {
		e.forgetNotes()
		return nil
	}
	_, set := ring.Agent()
	_ = e.session.NoteAgent(set)
	return err
}

// ClearAgent leaves nobody the recovery agent. What is encrypted already stays
// open to who was.
func (e *Engine) ClearAgent(ctx context.Context) error {
	err := e.change(func(ring *keyring.Keyring) error { return ring.ClearAgent() })
	if err == nil {
		e.forgetNotes()
	}
	return err
}

// agentFor is who is to be added for a job that encrypts to those keys. What
// keeps the agent out keeps the job from starting: nobody is to find out years
// later. Errors: Locked (there is an agent, and no telling who), ContactChanged,
// AgentIncomplete, AgentMissing.
func (e *Engine) agentFor(to []identity.Recipient, without bool) (batch.Agent, error) {
	if without || len(to) == 0 {
		return batch.Agent{}, nil
	}
	if !e.Unlocked() {
		if e.HasAgent() {
			return batch.Agent{}, fault.New(fault.Locked, "", nil)
		}
		return batch.Agent{}, nil
	}
	return e.batchAgent()
}

// batchAgent is nobody when no agent is set.
func (e *Engine) batchAgent() (batch.Agent, error) {
	a, set := e.Agent()
	switch {
	case !set:
		return batch.Agent{}, nil
	case a.Problem != nil:
		return batch.Agent{}, a.Problem
	}
	return batch.Agent{Main: a.Recipient, Classic: a.Classic, Notes: e.agentNotes()}, nil
}

func (e *Engine) agentNotes() *agent.Notes {
	ring, err := e.session.Keyring()
	if err != nil {
		return agent.Open(e.notesPath(), nil)
	}
	set, _ := ring.Agent()
	return agent.Open(e.notesPath(), set.Notes)
}

func (e *Engine) notesPath() string { return filepath.Join(e.home, "agent.notes") }

// forgetNotes deletes notes that say nothing any more; what stays costs bytes.
func (e *Engine) forgetNotes() { _ = agent.Open(e.notesPath(), nil).Forget() }

// Encrypted looks for the encrypted files among paths and in folders below
// them, for AddAgent; see batch.Gather. The profile's own are left out.
func (e *Engine) Encrypted(ctx context.Context, paths []string, seen func(files int)) (*batch.Plan, error) {
	home, err := filepath.EvalSymlinks(e.home)
	if err != nil {
		home = e.home
	}
	return batch.Gather(ctx, paths, home, seen)
}

// AddAgent starts a job that opens the plan.Open items to the recovery agent as
// well. Headers do not show whom they are for, so nobody can tell whether a file
// is open to the agent already, except by what was noted: those this profile
// encrypted since the agent was set, and those it added them to, are skipped;
// another one gets a second entry in its header, which does no harm. Errors:
// those of opt.Keys missing, AgentMissing when there is no agent, and as for
// Encrypt.
func (e *Engine) AddAgent(plan *batch.Plan, opt batch.OpenOptions) (*job.Job, error) {
	who, err := e.batchAgent()
	if err == nil && who.IsZero() {
		err = fault.New(fault.AgentMissing, "", nil)
		if !e.Unlocked() {
			err = fault.New(fault.Locked, "", nil)
		}
	}
	if err != nil {
		opt.Passphrase.Destroy()
		opt.Keys.Close()
		return nil, err
	}
	if opt, err = e.withKeys(opt); err != nil {
		return nil, err
	}
	return e.run(batch.AddAgent(e.ctx, e.store, plan, who, opt))
}
