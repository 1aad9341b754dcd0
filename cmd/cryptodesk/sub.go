package main

import (
	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
)

// sub is a word after "keys" or "contacts" and what it does.
type sub struct {
	name     string
	min, max int  // words after it; a max of -1 is any number
	sealed   bool // it unlocks the keyring itself, if at all
	run      func(c *call, eng *engine.Engine, args []string) error
}

// pick finds the word, unlocks the keyring for it, and runs it. usage is the
// text that says which words there are.
func (c *call) pick(subs []sub, args []string, usage string) error {
	for _, s := range subs {
		if len(args) == 0 || s.name != args[0] {
			continue
		}
		if n := len(args) - 1; n < s.min || s.max >= 0 && n > s.max {
			break
		}
		eng, err := c.open()
		if err != nil {
			return err
		}
		defer c.leave(eng)
		if !s.sealed {
			if err := c.unlock(eng); err != nil {
				return err
			}
		}
		return s.run(c, eng, args[1:])
	}
	return fault.New(fault.Usage, text.T(usage), nil)
}

// unlockWith is unlock that keeps the passphrase, which the caller destroys.
func (c *call) unlockWith(eng *engine.Engine, prompt string) (*secret.Buffer, error) {
	if !eng.HasKeyring() {
		return nil, fault.New(fault.KeyringMissing, eng.Home(), nil)
	}
	pass, err := c.ask(prompt)
	if err != nil {
		return nil, err
	}
	eng.Headless()
	if err := eng.Unlock(c.ctx, pass.Clone()); err != nil {
		pass.Destroy()
		return nil, err
	}
	return pass, nil
}
