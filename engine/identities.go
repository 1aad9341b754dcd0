package engine

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// maxIdentityFile bounds a file of private keys in bytes, as the stock age
// program does.
const maxIdentityFile = 16 << 20

// OpenIdentityFiles reads private keys from files: age identity files, plain
// or encrypted with a passphrase (a keyring is one), and OpenSSH keys. ask is
// called for each encrypted one. The caller, or the job it is given to, closes
// the result.
func (e *Engine) OpenIdentityFiles(ctx context.Context, paths []string, ask func() (*secret.Buffer, error)) (*identity.Opened, error) {
	var keys []*identity.KeyPair
	defer func() {
		for _, k := range keys {
			k.Destroy()
		}
	}()
	for _, path := range paths {
		more, err := readIdentities(ctx, path, ask)
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return identity.Open(keys...)
}

func readIdentities(ctx context.Context, path string, ask func() (*secret.Buffer, error)) ([]*identity.KeyPair, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var text *secret.Buffer
	if info := agefile.InspectReader(src, src.Size()); info.Passphrase {
		text, err = decryptIdentities(ctx, src, ask)
	} else {
		text, err = secret.ReadAll(src, maxIdentityFile)
	}
	if err != nil {
		return nil, err
	}
	defer text.Destroy()
	keys, err := identity.ParseIdentityFile(text)
	if err != nil {
		return nil, fault.New(fault.Of(err), path, nil)
	}
	return keys, nil
}

func decryptIdentities(ctx context.Context, src *safefile.Source, ask func() (*secret.Buffer, error)) (*secret.Buffer, error) {
	pass, err := ask()
	if err != nil {
		return nil, err
	}
	defer pass.Destroy()
	id := agefile.NewPassphrase(pass)
	defer id.Destroy()
	return agefile.DecryptMemory(ctx, src, []age.Identity{id}, maxIdentityFile)
}
