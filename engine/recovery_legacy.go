package engine

import (
	"context"
	"io"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// LegacyLook says what the file at path could be of what old scripts wrote;
// nothing, if it is none of it. Works in any state, as does LegacyOpen.
func (e *Engine) LegacyLook(path string) ([]legacy.Guess, error) {
	data, err := readSecret(path, legacy.MaxFile)
	if err != nil {
		return nil, err
	}
	defer data.Destroy()
	return legacy.Look(data.Bytes()), nil
}

// LegacyOpen opens what an old script wrote with a passphrase, a file that
// holds a key, or both; pass may be nil and keyPath empty. Nothing is changed.
// pass is taken over, and the caller closes what was found. Errors: those of
// legacy.Open, with the path as subject, and of reading.
func (e *Engine) LegacyOpen(ctx context.Context, path string, how legacy.Format, pass *secret.Buffer, keyPath string) ([]*legacy.Found, error) {
	defer secret.Settle()
	defer pass.Destroy()
	data, err := readSecret(path, legacy.MaxFile)
	if err != nil {
		return nil, err
	}
	defer data.Destroy()
	with := legacy.Secrets{Passphrase: pass}
	if keyPath != "" {
		if with.Key, err = readSecret(keyPath, maxIdentityFile); err != nil {
			return nil, err
		}
		defer with.Key.Destroy()
	}
	found, err := legacy.Open(ctx, data, how, with)
	switch kind := fault.Of(err); kind {
	case "":
		return found, nil
	case fault.BadIdentity, fault.CannotImport: // what is wrong is the key
		return nil, fault.New(fault.BadIdentity, keyPath, err)
	default:
		return nil, fault.New(kind, path, err)
	}
}

// LegacyKeys readies a private key that was found to be taken in (see Take).
// ask is called if it has a passphrase of its own. f stays the caller's.
func (e *Engine) LegacyKeys(ctx context.Context, f *legacy.Found, ask identity.Ask) (*Incoming, error) {
	text := f.Plain.Clone()
	if text == nil {
		return nil, fault.New(fault.Locked, "", nil)
	}
	return e.Read(ctx, text, ask)
}

// LegacySave writes what was found to path, which must be free, encrypted for
// oneself and the recovery agent, and opens it from disk again. f stays the
// caller's. Errors: Locked, Exists, NoRecipients (no key pair that can be
// encrypted to), what keeps the agent out, DiskError, Cancelled, and those of
// writing.
func (e *Engine) LegacySave(ctx context.Context, f *legacy.Found, path string) error {
	defer secret.Settle()
	to, err := e.forMe()
	if err != nil {
		return err
	}
	if f.Plain.Bytes() == nil { // closed: nothing must not pass for it
		return fault.New(fault.Locked, "", nil)
	}
	raw, err := agefile.SealBytes(f.Plain, to...)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Cancelled, path, err)
	}
	if err := writeFresh(e.store, path, raw); err != nil {
		return err
	}
	return e.readBack(ctx, path, f.Plain)
}

// forMe are the recipients of what is for oneself, and for the recovery agent
// as everything is.
func (e *Engine) forMe() ([]age.Recipient, error) {
	me, err := e.Find([]string{"me"})
	if fault.Of(err) == fault.NoContact {
		return nil, fault.New(fault.NoRecipients, "", nil)
	}
	if err != nil {
		return nil, err
	}
	people, err := Audience(me, false)
	if err != nil {
		return nil, err
	}
	agent, err := e.agentFor(people, false)
	if err != nil {
		return nil, err
	}
	if !agent.IsZero() && people[0].PostQuantum() {
		people = append(people, agent.Main)
	} else if !agent.IsZero() {
		people = append(people, agent.Classic)
	}
	var to []age.Recipient
	for _, r := range people {
		one, err := r.Age(e.prompter())
		if err != nil {
			return nil, err
		}
		to = append(to, one)
	}
	return to, nil
}

// readBack opens path with one's own keys, and wants plain to be in it.
func (e *Engine) readBack(ctx context.Context, path string, plain *secret.Buffer) error {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return err
	}
	defer src.Close()
	keys, err := e.session.Lease()
	if err != nil {
		return err
	}
	defer keys.Close()
	keys.SetPrompter(e.prompter())
	again, err := agefile.DecryptMemory(ctx, src, keys.Identities(), plain.Len())
	if err != nil {
		return err
	}
	defer again.Destroy()
	if !again.Equal(plain) {
		return fault.New(fault.DiskError, path, nil)
	}
	return nil
}

// readSecret reads a small file into guarded memory.
func readSecret(path string, max int) (*secret.Buffer, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if src.Size() > int64(max) {
		return nil, fault.New(fault.TooLarge, path, nil)
	}
	data, err := secret.ReadAll(io.NewSectionReader(src, 0, src.Size()), max)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	if src.Changed() != nil {
		data.Destroy()
		return nil, fault.New(fault.SourceChanged, path, nil)
	}
	return data, nil
}
