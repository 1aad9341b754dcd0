package keyring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

// A save keeps the header, so that it costs no scrypt, and draws a new nonce,
// so that no key and nonce meet twice.
func TestSaveReusesHeaderNotNonce(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	seen := make(map[string]bool)
	for i := range 20 {
		before := read(t, path)
		if i%2 == 0 {
			if err := k.AddContact(contact(fmt.Sprint("c", i))); err != nil {
				t.Fatal(err)
			}
		} else if err := k.Save(); err != nil {
			t.Fatal(err)
		}
		after := read(t, path)
		header, body, err := split(path, after)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(header, k.seal.header) || !bytes.HasPrefix(before, header) {
			t.Fatal("another header")
		}
		nonce := string(body[:16])
		if seen[nonce] {
			t.Fatal("the same nonce twice")
		}
		seen[nonce] = true
		if !bytes.Equal(read(t, Previous(path)), before) {
			t.Fatal("the one before is not kept")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestChanges(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	ana := k.Keys()[0].Public()
	work := must(identity.NewClassic("Work"))
	workID := work.Public().ID
	ben := contact("Ben")

	// The same key again, its classic half, and a file of both are nothing new.
	file := must(k.Keys()[0].MarshalIdentity())
	half := bytes.Fields(file.Bytes())
	for _, text := range [][]byte{file.Bytes(), half[len(half)-1]} {
		if err := k.AddKey(imported(t, string(text))); err != nil {
			t.Error(err)
		}
	}
	if err := k.AddKey(k.Keys()...); err != nil {
		t.Error(err)
	}
	steps := []struct {
		name string
		kind fault.Kind
		do   func() error
	}{
		{"add key", "", func() error { return k.AddKey(work) }},
		{"name taken", fault.NameTaken, func() error { return k.AddKey(must(identity.New("WORK"))) }},
		{"two of a name", fault.NameTaken, func() error { return k.AddKey(must(identity.New("x")), must(identity.New("X"))) }},
		{"rename", "", func() error { return k.RenameKey(workID, " At  work") }},
		{"rename to taken", fault.NameTaken, func() error { return k.RenameKey(workID, "ana") }},
		{"rename to nothing", fault.NameMissing, func() error { return k.RenameKey(workID, " ") }},
		{"rename itself", "", func() error { return k.RenameKey(ana.ID, "ANA") }},
		{"rename none", fault.KeyMissing, func() error { return k.RenameKey("x", "y") }},
		{"add contact", "", func() error { return k.AddContact(ben) }},
		{"contact again", fault.NameTaken, func() error { return k.AddContact(ben) }},
		{"contact's name", fault.NameTaken, func() error { return k.AddContact(contact("BEN")) }},
		{"all or none", fault.NameTaken, func() error { return k.AddContact(contact("Carl"), contact("ben")) }},
		{"no name", fault.NameMissing, func() error { return k.UpdateContact(ben.ID(), identity.Contact{}) }},
		{"update", "", func() error {
			c := ben
			c.Name, c.Verified = "Benjamin", true
			return k.UpdateContact(ben.ID(), c)
		}},
		{"update none", fault.NoContact, func() error { return k.UpdateContact("x", ben) }},
		{"remove none", fault.NoContact, func() error { return k.RemoveContact("x") }},
		{"remove no key", fault.KeyMissing, func() error { return k.RemoveKey("x") }},
	}
	for _, s := range steps {
		if err := s.do(); fault.Of(err) != s.kind {
			t.Fatalf("%s: %v", s.name, err)
		}
		onDisk := must(again(t, store, path))
		keys, people := names(k)
		diskKeys, diskPeople := names(onDisk)
		if !slices.Equal(keys, diskKeys) || !slices.Equal(people, diskPeople) {
			t.Fatalf("%s: memory has %q and %q, the disk %q and %q", s.name, keys, people, diskKeys, diskPeople)
		}
	}
	keys, people := names(k)
	if !slices.Equal(keys, []string{"ANA", "At work"}) || !slices.Equal(people, []string{"Benjamin"}) || !k.Contacts()[0].Verified {
		t.Errorf("%q, %q", keys, people)
	}
	if err := errors.Join(k.RemoveKey(workID), k.RemoveContact(ben.ID())); err != nil {
		t.Fatal(err)
	}
	if keys, people := names(must(again(t, store, path))); len(keys) != 1 || len(people) != 0 {
		t.Errorf("%q, %q", keys, people)
	}
	if _, err := work.MarshalIdentity(); fault.Of(err) != fault.Locked {
		t.Error("a removed key is still there")
	}
	if _, err := k.Keys()[0].MarshalIdentity(); err != nil {
		t.Errorf("a key that stays is gone: %v", err)
	}
}

// What cannot be written did not happen.
func TestFailedSaveChangesNothing(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	if err := k.AddContact(contact("Ben")); err != nil {
		t.Fatal(err)
	}
	was := read(t, path)
	// A folder in the place of the old one cannot be replaced.
	if err := errors.Join(os.Remove(Previous(path)), os.Mkdir(Previous(path), 0o700)); err != nil {
		t.Fatal(err)
	}
	id := k.Keys()[0].Public().ID
	lost := must(identity.New("lost"))
	for _, err := range []error{
		k.Save(), k.RenameKey(id, "other"), k.RemoveKey(id), k.AddKey(lost), k.AddContact(contact("Carl")), k.RemoveContact(k.Contacts()[0].ID()),
	} {
		if fault.Of(err) != fault.Exists {
			t.Errorf("%v", err)
		}
	}
	keys, people := names(k)
	if !slices.Equal(keys, []string{"Ana"}) || !slices.Equal(people, []string{"Ben"}) || !bytes.Equal(read(t, path), was) {
		t.Errorf("%q, %q", keys, people)
	}
	if _, err := k.Keys()[0].MarshalIdentity(); err != nil {
		t.Errorf("the key is gone: %v", err)
	}
	if _, err := lost.MarshalIdentity(); fault.Of(err) != fault.Locked {
		t.Error("a key that was not taken in lives on")
	}
	if err := os.Remove(Previous(path)); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(); err != nil {
		t.Error(err)
	}
}

func TestTwoProgramsAddUp(t *testing.T) {
	store, path := storeIn(t)
	a := quick(t, store, path, must(identity.New("Ana")))
	b := must(again(t, store, path))
	held := b.Keys()[0]
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			if err := a.AddContact(contact(fmt.Sprint("a", i))); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := b.AddContact(contact(fmt.Sprint("b", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := a.RenameKey(held.Public().ID, "Anna"); err != nil {
		t.Fatal(err)
	}
	if err := b.AddKey(must(identity.New("second"))); err != nil {
		t.Fatal(err)
	}
	keys, people := names(b)
	if !slices.Equal(keys, []string{"Anna", "second"}) || len(people) != 10 {
		t.Errorf("%q, %q", keys, people)
	}
	if diskKeys, diskPeople := names(must(again(t, store, path))); !slices.Equal(keys, diskKeys) || !slices.Equal(people, diskPeople) {
		t.Errorf("on disk %q, %q", diskKeys, diskPeople)
	}
	// Key pairs that the window shows stay the same objects.
	if b.Keys()[0] != held {
		t.Error("a key pair was exchanged")
	}
	if _, err := held.MarshalIdentity(); err != nil {
		t.Error(err)
	}
	if err := a.RemoveKey(held.Public().ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Save(); err != nil {
		t.Fatal(err)
	}
	if keys, _ := names(b); !slices.Equal(keys, []string{"second"}) {
		t.Errorf("%q", keys)
	}
}

func TestOtherHeaderIsBusy(t *testing.T) {
	store, path := storeIn(t)
	a := quick(t, store, path, must(identity.New("Ana")))
	other := filepath.Join(filepath.Dir(path), "other.age")
	quick(t, store, other, must(identity.New("Ana")))
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	was := read(t, path)
	if err := a.AddContact(contact("Ben")); fault.Of(err) != fault.ProfileBusy {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(read(t, path), was) || len(a.Contacts()) != 0 {
		t.Error("something changed")
	}
}

func TestLockIsWaitedFor(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	unlock := must(lockFile(context.Background(), lockPath(path)))
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lockFile(gone, lockPath(path)); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
	defer func(was int) { lockTries = was }(lockTries)
	lockTries = 2
	if err := k.Save(); fault.Of(err) != fault.ProfileBusy {
		t.Errorf("%v", err)
	}
	unlock()
	if err := k.Save(); err != nil {
		t.Error(err)
	}
}

// A file that went bad or away while it was open: memory is better than disk.
func TestSaveHealsDisk(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	if err := k.AddContact(contact("Ben")); err != nil {
		t.Fatal(err)
	}
	old := read(t, Previous(path))
	for name, spoil := range map[string]func(raw []byte) []byte{
		"last byte": func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw },
		"cut":       func(raw []byte) []byte { return raw[:len(raw)/2] },
		"empty":     func([]byte) []byte { return nil },
		"garbage":   func([]byte) []byte { return []byte("garbage") },
		"nonce":     func(raw []byte) []byte { return raw[:len(k.seal.header)+3] },
	} {
		bad := spoil(read(t, path))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := k.Save(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if keys, people := names(must(again(t, store, path))); len(keys) != 1 || len(people) != 1 {
			t.Errorf("%s: %q, %q", name, keys, people)
		}
		if !bytes.Equal(read(t, path+".damaged"), bad) {
			t.Errorf("%s: not put aside", name)
		}
		if !bytes.Equal(read(t, Previous(path)), old) {
			t.Errorf("%s: a damaged file took the place of the old one", name)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := again(t, store, path); err != nil {
		t.Error(err)
	}
}

func TestCopy(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	target := filepath.Join(t.TempDir(), "backup.age")
	if err := k.SaveCopy(target); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(read(t, target), read(t, path)) {
		t.Error("the same nonce")
	}
	if keys, _ := names(must(again(t, store, target))); !slices.Equal(keys, []string{"Ana"}) {
		t.Errorf("%q", keys)
	}
	if err := k.SaveCopy(target); fault.Of(err) != fault.Exists {
		t.Errorf("%v", err)
	}
}

func TestClosed(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 1000 {
				err := k.AddContact(contact(fmt.Sprint(i, " ", j)))
				k.Keys()
				k.Contacts()
				if fault.Of(err) == fault.Locked {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	key := k.Keys()[0]
	if err := k.Save(); err != nil {
		t.Error(err)
	}
	k.Close()
	k.Close()
	wg.Wait()
	if k.Keys() != nil || k.Contacts() != nil {
		t.Error("still there")
	}
	for _, err := range []error{k.Save(), k.AddContact(contact("x")), k.SaveCopy(path + "2"), k.RemoveKey("x")} {
		if fault.Of(err) != fault.Locked {
			t.Errorf("%v", err)
		}
	}
	if _, err := k.Key(""); fault.Of(err) != fault.Locked {
		t.Errorf("%v", err)
	}
	if _, err := key.MarshalIdentity(); fault.Of(err) != fault.Locked {
		t.Error("the key lives on")
	}
	if _, err := again(t, store, path); err != nil {
		t.Errorf("the file: %v", err)
	}
}
