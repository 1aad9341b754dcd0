package identity

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What one plugin may add to a header: more would make files that other
// programs refuse.
const (
	maxStanzas     = 32
	maxStanzaBytes = 64 << 10
)

const scryptStanza = "scrypt"

// pluginRecipient wraps file keys with a plugin.
type pluginRecipient struct {
	name, text string
	who        Prompter
	ctx        context.Context
	gaveUp     *atomic.Bool // a person did: not asked again for the next file
}

func newPluginRecipient(text string, who Prompter) (age.Recipient, error) {
	name, _, err := plugin.ParseRecipient(text)
	if err == nil && len(name) > maxPluginName {
		err = errLongName
	}
	if err != nil {
		return nil, err
	}
	return &pluginRecipient{name, text, who, context.Background(), new(atomic.Bool)}, nil
}

func (p *pluginRecipient) under(ctx context.Context) any {
	bound := *p
	bound.ctx = ctx
	return &bound
}

// Wrap implements age.Recipient.
func (p *pluginRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, _, err := p.WrapWithLabels(fileKey)
	return stanzas, err
}

// WrapWithLabels implements age.RecipientWithLabels.
func (p *pluginRecipient) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	if p.gaveUp.Load() {
		return nil, nil, fault.New(fault.Cancelled, "", nil)
	}
	key := secret.New(len(fileKey))
	secret.Copy(key.Bytes(), fileKey)
	found, err := runPlugin(p.ctx, p.name, p.who, key, func(ui *plugin.ClientUI) (found pluginFound, err error) {
		to, err := plugin.NewRecipient(p.text, ui)
		if err != nil {
			return found, err
		}
		found.stanzas, found.labels, err = to.WrapWithLabels(key.Bytes())
		return found, err
	})
	if err == nil {
		err = acceptable(found.stanzas)
	}
	if errors.Is(err, errGaveUp) {
		p.gaveUp.Store(true)
	}
	if err != nil {
		return nil, nil, pluginFault(p.name, err)
	}
	return found.stanzas, found.labels, nil
}

// acceptable refuses what would make a file that cannot be opened again: age
// wants a passphrase to be alone, and headers are bounded.
func acceptable(stanzas []*age.Stanza) error {
	size := 0
	for _, s := range stanzas {
		size += len(s.Type) + len(s.Body)
		for _, a := range s.Args {
			size += len(a)
		}
	}
	if len(stanzas) > maxStanzas || size > maxStanzaBytes {
		return errTooMuch
	}
	if has(scryptStanza, stanzas) {
		return errScrypt
	}
	return nil
}

// pluginKeys are the plugins' identities of an Opened, in order, as one: what
// the first cannot open the next may, and one whose plugin fails is no reason
// not to ask the others.
type pluginKeys struct {
	home   *Opened
	keys   []pluginKey
	ctx    context.Context
	who    *prompterBox
	gaveUp *atomic.Bool
}

type pluginKey struct {
	name string
	text slot
}

// prompterBox lets SetPrompter reach identities that were handed out already.
type prompterBox struct {
	mu  sync.Mutex
	who Prompter // nil for nobody
}

func (b *prompterBox) set(p Prompter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.who = p
}

func (b *prompterBox) get() Prompter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.who
}

func (p *pluginKeys) under(ctx context.Context) any {
	bound := *p
	bound.ctx = ctx
	return &bound
}

// Unwrap implements age.Identity. A file to a passphrase is nothing for a
// plugin: it is never started for one.
func (p *pluginKeys) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if has(scryptStanza, stanzas) {
		return nil, age.ErrIncorrectIdentity
	}
	// Locked ends it as well as the job.
	ctx, end := context.WithCancelCause(p.ctx)
	defer end(nil)
	defer context.AfterFunc(p.home.ctx, func() { end(fault.New(fault.Locked, "", nil)) })()
	first := error(age.ErrIncorrectIdentity)
	for _, k := range p.keys {
		if p.gaveUp.Load() {
			return nil, fault.New(fault.Cancelled, "", nil)
		}
		fileKey, err := p.unwrap(ctx, k, stanzas)
		switch kind := fault.Of(err); {
		case err == nil, kind == fault.Cancelled, kind == fault.Locked:
			return fileKey, err
		case errors.Is(err, age.ErrIncorrectIdentity):
		case kind == fault.PluginMissing && native(stanzas):
			// Most likely a file for somebody else, not one for that plugin.
		case errors.Is(first, age.ErrIncorrectIdentity):
			first = err
		}
	}
	return nil, first
}

func (p *pluginKeys) unwrap(ctx context.Context, k pluginKey, stanzas []*age.Stanza) ([]byte, error) {
	var text *secret.Buffer
	_, err := k.text.use(func(key []byte) ([]byte, error) {
		text = secret.New(len(key))
		copy(text.Bytes(), key)
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	found, err := runPlugin(ctx, k.name, p.who.get(), text, func(ui *plugin.ClientUI) (found pluginFound, err error) {
		id, err := plugin.NewIdentity(borrow(text.Bytes()), ui)
		if err != nil {
			return found, err
		}
		fileKey, err := id.Unwrap(stanzas)
		if err != nil {
			return found, err
		}
		found.fileKey = secret.Take(fileKey)
		return found, nil
	})
	if errors.Is(err, errGaveUp) {
		p.gaveUp.Store(true)
	}
	if err != nil {
		return nil, pluginFault(k.name, err)
	}
	defer found.fileKey.Destroy()
	if found.fileKey.Len() != fileKeySize {
		return nil, pluginFault(k.name, errFileKey)
	}
	return slices.Clone(found.fileKey.Bytes()), nil // the caller wipes it
}

// fileKeySize is the length of age's file keys, in bytes.
const fileKeySize = 16

// native says that a file is encrypted to keys that need no plugin.
func native(stanzas []*age.Stanza) bool {
	return !slices.ContainsFunc(stanzas, func(s *age.Stanza) bool {
		switch Kind(s.Type) {
		case x25519Stanza, hybridStanza, SSHEd25519, SSHRSA:
			return false
		}
		return true
	})
}
