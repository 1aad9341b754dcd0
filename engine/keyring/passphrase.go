package keyring

import (
	"context"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// ChangePassphrase writes the keyring under a new file key and a new
// passphrase, which stays the caller's; keyring.age.old as well, so that the
// old passphrase opens neither. Takes about a second.
//
// The copy goes first. So at every instant keyring.age opens with the old
// passphrase or with the new one, whole; and once it opens with the new one,
// nothing beside it opens with the old one, whatever happens next. When the
// disk failed between taking the new file and making sure of it, the error is
// returned although the new passphrase holds, and the keyring goes on with it.
func (k *Keyring) ChangePassphrase(ctx context.Context, pass *secret.Buffer) error {
	fresh, err := newSeal(ctx, pass)
	if err != nil {
		return err
	}
	if err = k.changeUnder(fresh, nothing); err != nil && !k.has(fresh) {
		fresh.destroy()
	}
	return err
}

func nothing(*book) error { return nil }

func (k *Keyring) has(s *seal) bool {
	_, now, err := k.now()
	return err == nil && now == s
}

// rekey writes next under fresh, in place of onDisk.
func (k *Keyring) rekey(next *book, fresh *seal, onDisk []byte) error {
	raw, err := k.encrypt(next, fresh)
	if err != nil {
		return err
	}
	again, err := k.encrypt(next, fresh) // with a nonce of its own
	if err != nil {
		return err
	}
	if err := k.keepPrevious(again); err != nil {
		return err
	}
	err = publish(k.store, k.path, raw, safefile.Replace)
	if err != nil && !landed(k.path, raw) {
		// What was there stays, and so does what opens with its passphrase.
		_ = k.keepPrevious(onDisk)
		return err
	}
	fresh.remember(raw)
	k.replace(next, fresh)
	return err
}

// landed says whether raw is what is at path, although writing it failed.
func landed(path string, raw []byte) bool {
	there, err := readRaw(path)
	return err == nil && string(there) == string(raw)
}

// sealed calls f with the seal at this moment, again if the passphrase was
// changed meanwhile, which destroys it.
func (k *Keyring) sealed(f func(*seal) error) error {
	for {
		_, s, err := k.now()
		if err != nil {
			return err
		}
		if err = f(s); fault.Of(err) != fault.Locked || k.has(s) {
			return err
		}
	}
}
