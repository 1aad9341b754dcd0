package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
)

// old is what a script wrote: see recovery/legacy/testdata.
type old struct {
	Name                         string
	Data, Plain, Passphrase, Key []byte
	path, keyPath                string
}

func (o old) pass() *secret.Buffer {
	if o.Passphrase == nil {
		return nil
	}
	return secret.Take(bytes.Clone(o.Passphrase))
}

// oldFiles writes the named ones into a folder.
func oldFiles(t *testing.T, names ...string) (files []old) {
	t.Helper()
	raw, err := os.ReadFile("recovery/legacy/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []old }
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range names {
		for _, o := range all.Cases {
			if o.Name != name {
				continue
			}
			o.path = filepath.Join(dir, "old.bin")
			if len(files) > 0 {
				o.path += name
			}
			if o.Key != nil {
				o.keyPath = o.path + ".key"
				if err := os.WriteFile(o.keyPath, o.Key, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(o.path, o.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, o)
		}
	}
	if len(files) != len(names) {
		t.Fatalf("%d of %d files", len(files), len(names))
	}
	return files
}

// TestOldKeyBecomesOnes: an RSA key under AES-ECB and a protected PEM key are one's own afterwards.
func TestOldKeyBecomesOnes(t *testing.T) {
	e, ctx := ana(t), context.Background()
	for _, o := range oldFiles(t, "ecb, 16 bytes, PEM", "pem, scrypt", "ecb, zeros to 24", "session, SHA-256, base64") {
		if guesses, err := e.LegacyLook(o.path); err != nil || len(guesses) == 0 {
			t.Fatalf("%s: %v, %v", o.Name, guesses, err)
		}
		found, err := e.LegacyOpen(ctx, o.path, legacy.Any, o.pass(), o.keyPath)
		if err != nil || found[0].What != legacy.Key {
			t.Fatalf("%s: %v, %v", o.Name, found, err)
		}
		in, err := e.LegacyKeys(ctx, found[0], says(o.pass))
		if err != nil || len(in.Keys) != 1 {
			t.Fatalf("%s: %v", o.Name, err)
		}
		before := len(e.Keys())
		if in.Keys[0].Name == "" {
			in.Keys[0].Name = o.Name
		}
		want := before + 1
		if in.Keys[0].Known { // the same RSA key as in the file before
			want = before
		}
		if err := e.Take(ctx, in); err != nil || len(e.Keys()) != want {
			t.Errorf("%s: %d keys, %v", o.Name, len(e.Keys()), err)
		}
		in.Close()
		legacy.Close(found)
		if _, err := e.LegacyKeys(ctx, found[0], nil); fault.Of(err) != fault.Locked {
			t.Errorf("closed: %v", err)
		}
	}
	if keys := e.Keys(); len(keys) != 3 || keys[1].Kind != identity.SSHRSA || keys[2].Kind != identity.X25519 {
		t.Errorf("%v", names(keys))
	}
}

// TestOldTextIsEncryptedAnew: for oneself, and never over anything.
func TestOldTextIsEncryptedAnew(t *testing.T) {
	e, ctx := ana(t), context.Background()
	for _, o := range oldFiles(t, "ecb, 24 bytes, text, zeros", "eax, key file of 16 in hex", "oaep, base64", "eax, nothing") {
		found, err := e.LegacyOpen(ctx, o.path, legacy.Any, o.pass(), o.keyPath)
		if err != nil {
			t.Fatalf("%s: %v", o.Name, err)
		}
		defer legacy.Close(found)
		out := o.path + ".age"
		if err := e.LegacySave(ctx, found[0], out); err != nil {
			t.Fatalf("%s: %v", o.Name, err)
		}
		info, err := os.Stat(out)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := e.readBack(ctx, out, found[0].Plain); err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
		if err := e.LegacySave(ctx, found[0], out); fault.Of(err) != fault.Exists {
			t.Errorf("again: %v", err)
		}
		wrong := found[0].Plain.Clone()
		defer wrong.Destroy()
		if wrong.Len() > 0 {
			wrong.Bytes()[0] ^= 1
			if err := e.readBack(ctx, out, wrong); fault.Of(err) != fault.DiskError {
				t.Errorf("another content was not noticed: %v", err)
			}
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := e.LegacySave(cancelled, found[0], out+"2"); fault.Of(err) != fault.Cancelled {
			t.Errorf("cancelled: %v", err)
		}
		legacy.Close(found)
		if err := e.LegacySave(ctx, found[0], out+"2"); fault.Of(err) != fault.Locked {
			t.Errorf("closed: %v", err)
		}
		if _, err := os.Lstat(out + "2"); err == nil {
			t.Error("something was written")
		}
	}
	e.Lock()
	o := oldFiles(t, "eax, passphrase")[0]
	found, err := e.LegacyOpen(ctx, o.path, legacy.Any, o.pass(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer legacy.Close(found)
	if err := e.LegacySave(ctx, found[0], o.path+".age"); fault.Of(err) != fault.Locked {
		t.Errorf("locked: %v", err)
	}
}

// TestOldKeyFromNothing: on a new computer the key in what a script wrote becomes a keyring.
func TestOldKeyFromNothing(t *testing.T) {
	e, ctx := openAt(t, filepath.Join(t.TempDir(), "home")), context.Background()
	o := oldFiles(t, "ecb, spaces to 32")[0]
	found, err := e.LegacyOpen(ctx, o.path, legacy.Any, o.pass(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer legacy.Close(found)
	r := e.NewRestore()
	defer r.Close()
	p, err := r.AddOld(ctx, found[0], "old.bin", nil)
	if err != nil || p.Problem != nil || p.Kind != recovery.LegacyPiece || len(p.Keys) != 1 || p.Name != "old.bin" || !r.Found().Ready {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := e.Restore(ctx, r, recovery.Replace, "Ana", pass()); err != nil || e.State() != session.Unlocked || len(e.Keys()) != 1 {
		t.Errorf("%v, %v", names(e.Keys()), err)
	}
}

// TestOldTextForTheAgentToo: what is encrypted anew is so to the recovery agent as well, as everything is.
func TestOldTextForTheAgentToo(t *testing.T) {
	e, ctx := ana(t), context.Background()
	safe, err := identity.New("Safe")
	if err != nil {
		t.Fatal(err)
	}
	defer safe.Destroy()
	card, err := identity.MarshalCard(safe)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.AddContact(ctx, "", card)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetAgent(ctx, c.ID()); err != nil {
		t.Fatal(err)
	}
	o := oldFiles(t, "eax, passphrase")[0]
	found, err := e.LegacyOpen(ctx, o.path, legacy.EAX, o.pass(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer legacy.Close(found)
	if err := e.LegacySave(ctx, found[0], o.path+".age"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(o.path + ".age")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := identity.Open(safe)
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	text, err := agefile.OpenBytes(ctx, raw, theirs.Identities(), len(o.Plain))
	if err != nil || !bytes.Equal(text.Bytes(), o.Plain) {
		t.Errorf("the agent cannot open it: %v", err)
	}
	text.Destroy()
}

func TestOldFilesThatDoNotOpen(t *testing.T) {
	e, ctx := ana(t), context.Background()
	files := oldFiles(t, "ecb, 16 bytes, PEM", "oaep, 2048", "oaep, key in PKCS#8, scrypt", "oaep, 1024")
	ecb, oaep, locked, short := files[0], files[1], files[2], files[3]
	dir := t.TempDir()
	big, text := filepath.Join(dir, "big"), filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(legacy.MaxFile + 1); err != nil {
		t.Fatal(err)
	}
	f.Close()
	half := filepath.Join(dir, "half.pem")
	if err := os.WriteFile(half, oaep.Key[:len(oaep.Key)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := func() *secret.Buffer { return secret.Take([]byte("not the passphrase at all")) }
	for _, c := range []struct {
		name, path, key string
		pass            *secret.Buffer
		kind            fault.Kind
		subject         string
	}{
		{"wrong passphrase", ecb.path, "", wrong(), fault.LegacyNothing, ecb.path},
		{"none", ecb.path, "", nil, fault.NeedPassphrase, ecb.path},
		{"wrong passphrase of the key", locked.path, locked.keyPath, wrong(), fault.WrongPassphrase, locked.path},
		{"another key", locked.path, short.keyPath, nil, fault.LegacyNothing, locked.path},
		{"half a key", oaep.path, half, nil, fault.BadIdentity, half},
		{"no key there", oaep.path, filepath.Join(dir, "none"), nil, fault.NotFound, filepath.Join(dir, "none")},
		{"not there", filepath.Join(dir, "none"), "", wrong(), fault.NotFound, filepath.Join(dir, "none")},
		{"a folder", dir, "", wrong(), fault.NotRegular, dir},
		{"large", big, "", wrong(), fault.TooLarge, big},
		{"a large key", ecb.path, big, nil, fault.TooLarge, big},
		{"a text", text, "", wrong(), fault.LegacyUnknown, text},
	} {
		found, err := e.LegacyOpen(ctx, c.path, legacy.Any, c.pass, c.key)
		if len(found) > 0 || fault.Of(err) != c.kind || fault.As(err).Subject != c.subject {
			t.Errorf("%s: %d found, %v", c.name, len(found), err)
		}
		if c.pass.Bytes() != nil {
			t.Errorf("%s: the passphrase was not taken over", c.name)
		}
	}
	if guesses, err := e.LegacyLook(text); err != nil || guesses != nil {
		t.Errorf("%v, %v", guesses, err)
	}
	if _, err := e.LegacyLook(big); fault.Of(err) != fault.TooLarge {
		t.Error(err)
	}
}
