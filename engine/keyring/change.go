package keyring

import (
	"context"
	"slices"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// AddKey takes key pairs in; they become the keyring's, also on error. One that
// is there already, also as the classic half of another, is dropped. Errors:
// NameTaken, TooMany.
func (k *Keyring) AddKey(keys ...*identity.KeyPair) error {
	var dropped []*identity.KeyPair
	next := &book{}
	err := k.change(func(b *book) error {
		if len(b.keys)+len(keys) > maxKeys {
			return fault.New(fault.TooMany, "", nil)
		}
		dropped, next = b.addKeys(keys), b
		return b.keyNamesDiffer(keys)
	})
	if err != nil {
		dropped, next = keys, &book{keys: k.Keys()}
	}
	next.forget(dropped)
	return err
}

// RenameKey changes what a key pair is called. Errors: KeyMissing, NameTaken,
// those of identity.CleanName.
func (k *Keyring) RenameKey(id, name string) error {
	name, err := identity.CleanName(name)
	if err != nil {
		return err
	}
	undo := func() {}
	err = k.change(func(b *book) error {
		i := b.findKey(id)
		if i < 0 {
			return fault.New(fault.KeyMissing, "", nil)
		}
		if err := b.keyNameFree(name, id); err != nil {
			return err
		}
		key, before := b.keys[i], b.keys[i].Public().Name
		undo = func() { _ = key.Rename(before) } // which was a valid name
		return key.Rename(name)
	})
	if err != nil {
		undo()
	}
	return err
}

// RemoveKey deletes a key pair for ever, except from keyring.age.old until the
// next save. Errors: KeyMissing.
func (k *Keyring) RemoveKey(id string) error {
	var gone *identity.KeyPair
	err := k.change(func(b *book) error {
		i := b.findKey(id)
		if i < 0 {
			return fault.New(fault.KeyMissing, "", nil)
		}
		gone = b.keys[i]
		b.keys = slices.Delete(b.keys, i, i+1)
		return nil
	})
	if err == nil {
		gone.Destroy()
	}
	return err
}

// AddContact takes people in. Errors: NameTaken (the name, or the same key
// under the name in Subject), TooMany, those of identity.CleanName.
func (k *Keyring) AddContact(people ...identity.Contact) error {
	return k.change(func(b *book) error {
		for _, c := range people {
			if err := b.setContact(-1, c); err != nil {
				return err
			}
		}
		b.sortContacts()
		return nil
	})
}

// UpdateContact replaces the contact with that ID. Errors: NoContact, and those
// of AddContact.
func (k *Keyring) UpdateContact(id string, c identity.Contact) error {
	return k.ChangeContact(id, func(identity.Contact) (identity.Contact, error) { return c, nil })
}

// ChangeContact replaces the contact with that ID by what f makes of it. f sees
// the contact as it is on disk now, with what another program wrote: an offer
// must not get lost because somebody corrected a name. Errors: those of f,
// NoContact, and those of AddContact.
func (k *Keyring) ChangeContact(id string, f func(identity.Contact) (identity.Contact, error)) error {
	return k.change(func(b *book) error {
		i := b.findContact(id)
		if i < 0 {
			return fault.New(fault.NoContact, "", nil)
		}
		c, err := f(b.contacts[i])
		if err != nil {
			return err
		}
		err = b.setContact(i, c)
		b.sortContacts()
		return err
	})
}

// DecideContact is ChangeContact for a decision about keys. It answers
// ContactChanged when the contact on disk no longer has the keys, and the
// offer, that Contacts answered before: what a person looked at is what they
// decided about. Afterwards Contacts answers what is there.
func (k *Keyring) DecideContact(id string, f func(identity.Contact) (identity.Contact, error)) error {
	b, _, err := k.now()
	if err != nil {
		return err
	}
	at := b.findContact(id)
	if at < 0 {
		return fault.New(fault.NoContact, "", nil)
	}
	seen := b.contacts[at]
	return k.ChangeContact(id, func(c identity.Contact) (identity.Contact, error) {
		if !sameKeys(seen, c) || !sameKeys(seen.Accept(), c.Accept()) || seen.Changed() != c.Changed() {
			return c, fault.New(fault.ContactChanged, c.Name, nil)
		}
		return f(c)
	})
}

// RemoveContact forgets somebody, also as the agent. Errors: NoContact.
func (k *Keyring) RemoveContact(id string) error {
	return k.change(func(b *book) error {
		i := b.findContact(id)
		if i < 0 {
			return fault.New(fault.NoContact, "", nil)
		}
		b.agentFollows(b.contacts[i], nil)
		b.contacts = slices.Delete(b.contacts, i, i+1)
		b.follow(id, "")
		return nil
	})
}

// Save writes the file although nothing changed. Changes need no Save.
func (k *Keyring) Save() error { return k.change(nothing) }

// SaveCopy writes a copy that opens with the same passphrase, and reads it back
// from disk. A file that is there is not replaced: fault.Exists.
func (k *Keyring) SaveCopy(target string) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	b, seal, err := k.now()
	if err != nil {
		return err
	}
	raw, err := k.encrypt(b, seal)
	if err != nil {
		return err
	}
	if err := publish(k.store, target, raw, safefile.Refuse); err != nil {
		return err
	}
	raw, err = readRaw(target)
	if err != nil {
		return err
	}
	copied, err := seal.open(target, raw)
	if err != nil {
		return err
	}
	copied.destroy()
	return nil
}

func (k *Keyring) change(f func(*book) error) error { return k.changeUnder(nil, f) }

// changeUnder applies f to what is on disk and writes the result, under fresh
// if that is not nil. What f does to a copy is kept only once it is written.
func (k *Keyring) changeUnder(fresh *seal, f func(*book) error) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	if _, _, err := k.now(); err != nil {
		return err
	}
	unlock, err := lockFile(context.Background(), lockPath(k.path))
	if err != nil {
		return err
	}
	defer unlock()
	onDisk, err := k.refresh()
	if err != nil {
		return err
	}
	b, seal, err := k.now()
	if err != nil {
		return err
	}
	next := b.clone()
	if err := f(next); err != nil {
		return err
	}
	if fresh != nil {
		return k.rekey(next, fresh, onDisk)
	}
	raw, err := k.encrypt(next, seal)
	if err != nil {
		return err
	}
	if err := k.keepPrevious(onDisk); err != nil {
		return err
	}
	if err := publish(k.store, k.path, raw, safefile.Replace); err != nil {
		return err
	}
	seal.remember(raw)
	k.replace(next, seal)
	return nil
}

// refresh reads the file again if another program wrote it. It answers the
// bytes on disk if they are a whole keyring. A file that was damaged meanwhile
// is put aside: what is in memory is better.
func (k *Keyring) refresh() ([]byte, error) {
	raw, err := readRaw(k.path)
	if fault.Of(err) == fault.KeyringMissing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, seal, err := k.now()
	if err != nil {
		return nil, err
	}
	if seal.isOf(raw) {
		return raw, nil
	}
	_, _, err = split(k.path, raw)
	if err == nil && !seal.sameHeader(raw) {
		return nil, fault.New(fault.ProfileBusy, k.path, nil)
	}
	var read *book
	if err == nil {
		read, err = seal.open(k.path, raw)
	}
	if fault.Of(err) == fault.KeyringDamaged {
		return nil, publish(k.store, k.path+".damaged", raw, safefile.Replace)
	}
	if err != nil {
		return nil, err
	}
	seal.remember(raw)
	k.replace(b.merged(read), seal)
	return raw, nil
}

// encrypt keeps Close waiting, which would pull the memory away.
func (k *Keyring) encrypt(b *book, s *seal) ([]byte, error) {
	k.using.RLock()
	defer k.using.RUnlock()
	if _, _, err := k.now(); err != nil {
		return nil, err
	}
	return s.close(b)
}

func (k *Keyring) keepPrevious(raw []byte) error {
	if raw == nil {
		return nil
	}
	return publish(k.store, Previous(k.path), raw, safefile.Replace)
}

// merged is read, with the key pairs that others hold already in place of
// those just made. What is in neither is destroyed.
func (b *book) merged(read *book) *book {
	held := make(map[string]*identity.KeyPair)
	for _, key := range b.keys {
		held[key.Public().ID] = key
	}
	for i, key := range read.keys {
		p := key.Public()
		if old := held[p.ID]; old != nil {
			_ = old.Rename(p.Name) // which was read as a valid name
			key.Destroy()
			read.keys[i] = old
			delete(held, p.ID)
		}
	}
	for _, gone := range held {
		gone.Destroy()
	}
	for _, old := range b.kept {
		old.lines.Destroy()
	}
	return read
}

// replace makes next the state, unless Close came first. A seal that is no
// longer used is destroyed.
func (k *Keyring) replace(next *book, seal *seal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		next.destroy()
		seal.destroy()
		return
	}
	if k.seal != seal {
		k.seal.destroy()
	}
	k.book, k.seal = next, seal
}
