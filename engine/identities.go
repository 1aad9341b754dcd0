package engine

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// maxIdentityFile bounds a file of private keys in bytes, as the stock age
// program does.
const maxIdentityFile = 16 << 20

// OpenIdentityFiles reads private keys from files: all that Read knows, such
// as age identity files, plain or encrypted with a passphrase (a keyring is
// one), and OpenSSH keys. ask is called for each encrypted one. The caller, or
// the job it is given to, closes the result.
func (e *Engine) OpenIdentityFiles(ctx context.Context, paths []string, ask func() (*secret.Buffer, error)) (*identity.Opened, error) {
	var keys []*identity.KeyPair
	for _, path := range paths {
		in, err := e.ReadFile(ctx, path, once(ask))
		if err != nil {
			return nil, err
		}
		defer in.Close()
		if len(in.pairs) == 0 {
			return nil, fault.New(fault.BadIdentity, path, nil)
		}
		keys = append(keys, in.pairs...)
	}
	opened, err := identity.Open(keys...)
	if err == nil {
		opened.SetPrompter(e.prompter())
	}
	return opened, err
}

// once turns a wrong passphrase into an error: a script has no other.
func once(ask func() (*secret.Buffer, error)) identity.Ask {
	return func(again bool) (*secret.Buffer, error) {
		if again {
			return nil, fault.New(fault.WrongPassphrase, "", nil)
		}
		return ask()
	}
}
