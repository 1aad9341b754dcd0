package keyring

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// quickReplacement is what Replace readies, without its scrypt.
func quickReplacement(t testing.TB, store *safefile.Store, path string, c *Content) *Replacement {
	t.Helper()
	d := &draft{seal: freshSeal(), book: c.book}
	d.raw = must(d.seal.close(d.book))
	d.seal.remember(d.raw)
	d.file = must(store.Create(path, 0o600))
	must(d.file.Write(d.raw))
	return &Replacement{store: store, path: path, draft: d}
}

func contentNamed(name string) *Content { return ContentOf(must(identity.New(name))) }

func asides(t testing.TB, path string) []string {
	t.Helper()
	return must(filepath.Glob(path + "*.aside"))
}

func TestReplace(t *testing.T) {
	store, path := storeIn(t)
	old := quick(t, store, path, must(identity.New("Old")))
	if err := old.Save(); err != nil {
		t.Fatal(err)
	}
	was, before := read(t, path), read(t, Previous(path))
	c := contentNamed("New")
	if err := c.book.setContact(-1, contact("Ben")); err != nil {
		t.Fatal(err)
	}
	defer c.Destroy()
	next, err := Replace(ctx, store, path, guard("fresh"), c)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, path), was) || !bytes.Equal(read(t, Previous(path)), before) || len(asides(t, path)) != 0 {
		t.Fatal("something changed before the commit")
	}
	k, err := next.Commit()
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	next.Discard()
	if _, err := next.Commit(); fault.Of(err) != fault.Internal {
		t.Errorf("committed twice: %v", err)
	}
	if keys, people := names(k); !slices.Equal(keys, []string{"New"}) || !slices.Equal(people, []string{"Ben"}) {
		t.Errorf("%q, %q", keys, people)
	}
	day := time.Now().UTC().Format(time.DateOnly)
	kept := map[string][]byte{path + "." + day + ".aside": was, Previous(path) + "." + day + ".aside": before}
	for aside, want := range kept {
		if !bytes.Equal(read(t, aside), want) {
			t.Errorf("%s is something else", filepath.Base(aside))
		}
		if info := must(os.Stat(aside)); info.Mode() != 0o600 {
			t.Errorf("%v", info.Mode())
		}
	}
	for _, file := range []string{path, Previous(path)} {
		again, err := Open(ctx, store, file, guard("fresh"))
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		again.Close()
	}
	// It goes on as any keyring, and who has the old one open is told.
	if err := k.AddContact(contact("Carl")); err != nil {
		t.Error(err)
	}
	if err := old.AddContact(contact("Dora")); fault.Of(err) != fault.ProfileBusy {
		t.Errorf("the old one still saves: %v", err)
	}
	// The content stayed the caller's, and a second time nothing aside is lost.
	again := quickReplacement(t, store, path, must(c.Clone()))
	third, err := again.Commit()
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if len(asides(t, path)) != 4 || !bytes.Equal(read(t, path+"."+day+".aside"), was) {
		t.Errorf("%v", asides(t, path))
	}
}

func TestReplaceWhereNothingIs(t *testing.T) {
	store, path := storeIn(t)
	k, err := quickReplacement(t, store, path, contentNamed("New")).Commit()
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	if len(asides(t, path)) != 0 {
		t.Errorf("%v", asides(t, path))
	}
	// Only the one before is left.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	left := read(t, Previous(path))
	if k, err = quickReplacement(t, store, path, contentNamed("Newer")).Commit(); err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if all := asides(t, path); len(all) != 1 || !bytes.Equal(read(t, all[0]), left) {
		t.Errorf("%v", all)
	}
	if keys, _ := names(must(again(t, store, path))); !slices.Equal(keys, []string{"Newer"}) {
		t.Errorf("%q", keys)
	}
}

// What cannot be done leaves everything as it was.
func TestReplaceFails(t *testing.T) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	dir := func(path string) func() {
		return func() {
			if err := errors.Join(os.RemoveAll(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		kind   fault.Kind
		spoil  func(path string) func()
		ready  context.Context
		pass   string
		holder *Content
	}{
		"cancelled":               {kind: fault.Cancelled, ready: gone, pass: "x", holder: contentNamed("New")},
		"no passphrase":           {kind: fault.NeedPassphrase, ready: ctx, holder: contentNamed("New")},
		"no key":                  {kind: fault.KeyMissing, ready: ctx, pass: "x", holder: ContentOf()},
		"a folder as the old one": {kind: fault.NotRegular, spoil: func(path string) func() { return dir(Previous(path)) }},
		"a folder as the keyring": {kind: fault.NotRegular, spoil: dir},
		"a folder that is gone":   {kind: fault.NotFound, spoil: func(path string) func() { return func() { os.RemoveAll(filepath.Dir(path)) } }},
	} {
		store, path := storeIn(t)
		h := must(agefile.NewHeader(unlocker.Recipient()))
		k := &Keyring{store: store, path: path, book: &book{keys: []*identity.KeyPair{must(identity.New("Old"))}}, seal: &seal{header: h.Bytes, key: secret.Seal(h.FileKey().Clone())}}
		h.Destroy()
		if err := errors.Join(k.Save(), k.Save()); err != nil {
			t.Fatal(err)
		}
		before := files(t, filepath.Dir(path))
		var err error
		if c.spoil == nil {
			var next *Replacement
			next, err = Replace(c.ready, store, path, guard(c.pass), c.holder)
			next.discarded()
		} else {
			next := quickReplacement(t, store, path, contentNamed("New"))
			c.spoil(path)()
			before = files(t, filepath.Dir(path))
			_, err = next.Commit()
			next.Discard()
		}
		if fault.Of(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
		if after := files(t, filepath.Dir(path)); !slices.Equal(after, before) {
			t.Errorf("%s: was %v, is %v", name, before, after)
		}
		k.Close()
	}
}

func (r *Replacement) discarded() {
	if r != nil {
		r.Discard()
	}
}

// files are the names and contents in a folder.
func files(t testing.TB, dir string) (list []string) {
	t.Helper()
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() == "journal" || e.Name() == "keyring.lock" {
			continue
		}
		b, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		list = append(list, e.Name()+" "+string(b))
	}
	return list
}

// TestReplacesForEver is the process to be killed: it puts one keyring in the
// place of another, and says which one holds.
func TestReplacesForEver(t *testing.T) {
	home := os.Getenv("CRYPTODESK_REPLACE_HOME")
	if home == "" {
		return // only as a child of the next test
	}
	store, path := safefile.New(filepath.Join(home, "journal")), filepath.Join(home, "keyring.age")
	for i := 0; ; i++ {
		name := fmt.Sprintf("k%d-%d", os.Getpid(), i)
		next := quickReplacement(t, store, path, contentNamed(name))
		fmt.Println("next", name)
		k, err := next.Commit()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("holds", name)
		k.Close()
	}
}

// A kill at any instant leaves the old keyring or the new one, which opens,
// and whatever is aside opens as well.
func TestKilledWhileReplacing(t *testing.T) {
	store, path := storeIn(t)
	quick(t, store, path, must(identity.New("first"))).Close()
	holds, replaced := "first", 0
	for range 8 {
		next := ""
		cmd := exec.Command(os.Args[0], "-test.run=^TestReplacesForEver$")
		cmd.Env = append(os.Environ(), "CRYPTODESK_REPLACE_HOME="+filepath.Dir(path))
		out := must(cmd.StdoutPipe())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := true
		for lines := bufio.NewScanner(out); lines.Scan(); first = false {
			if first {
				time.AfterFunc(rand.N(60*time.Millisecond), func() { cmd.Process.Kill() })
			}
			switch what, name, _ := strings.Cut(lines.Text(), " "); what {
			case "next":
				next = name
			case "holds":
				holds, replaced = name, replaced+1
			default:
				t.Fatalf("the child says %q", lines.Text())
			}
		}
		cmd.Wait()
		k, err := again(t, store, path)
		if err != nil {
			t.Fatalf("after %d: %v", replaced, err)
		}
		keys, _ := names(k)
		if len(keys) != 1 || keys[0] != holds && keys[0] != next {
			t.Fatalf("%q, was to be %s or %s", keys, holds, next)
		}
		holds = keys[0]
		k.Close()
		for _, aside := range append(asides(t, path), Previous(path)) {
			if aside == Previous(path) && replaced == 0 {
				continue
			}
			old, err := again(t, store, aside)
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(aside), err)
				continue
			}
			old.Close()
		}
	}
	t.Logf("%d replaced", replaced)
	if replaced == 0 {
		t.Error("nothing was replaced")
	}
}

func TestBackup(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")), must(identity.NewClassic("Old")))
	if err := errors.Join(k.AddContact(contact("Ben")), k.SetGroup("", Group{"All", []string{k.Contacts()[0].ID()}}), k.ChangeRecords(WayTag, add("{}"))); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	whole, one := filepath.Join(dir, "whole.age"), filepath.Join(dir, "one.age")
	old := k.Keys()[1].Public()
	if err := errors.Join(k.Backup(ctx, whole, guard("its own"), ""), k.Backup(ctx, one, guard("its own"), old.ID)); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	for backup, to := range map[string]identity.Recipient{whole: k.Keys()[0].Public().Recipient, one: old.Recipient} {
		if err := onTerminal(t, "its own", "-d", "-i", backup, "-o", out, sealedTo(t, to)); err != nil {
			t.Errorf("%v", err)
		}
		if info := must(os.Stat(backup)); info.Mode() != 0o600 {
			t.Errorf("%v", info.Mode())
		}
	}
	if err := onTerminal(t, "its own", "-d", "-o", out, whole); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(secret.Take(read(t, out)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Destroy()
	if same, err := c.book.sameText(k.book); err != nil || !same {
		t.Errorf("the backup is not the keyring: %v", err)
	}
	if err := onTerminal(t, "its own", "-d", "-o", out, one); err != nil {
		t.Fatal(err)
	}
	alone := must(parseText(string(read(t, out))))
	if len(alone.keys) != 1 || len(alone.contacts)+len(alone.groups) != 0 || len(alone.records) != 0 {
		t.Errorf("%d keys, %d contacts in the backup of one key", len(alone.keys), len(alone.contacts))
	}
	if header, _, _ := split(whole, read(t, whole)); k.seal.sameHeader(header) {
		t.Error("the backup has the header of the keyring")
	}

	gone, cancel := context.WithCancel(ctx)
	cancel()
	none := filepath.Join(dir, "none.age")
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
		pass string
		id   string
		kind fault.Kind
	}{
		"taken":          {ctx, whole, "x", "", fault.Exists},
		"cancelled":      {gone, none, "x", "", fault.Cancelled},
		"no passphrase":  {ctx, none, "", "", fault.NeedPassphrase},
		"no such key":    {ctx, none, "x", "nobody", fault.KeyMissing},
		"no such folder": {ctx, filepath.Join(dir, "no", "x"), "x", "", fault.NotFound},
	} {
		if err := k.Backup(c.ctx, c.path, guard(c.pass), c.id); fault.Of(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Lstat(none); err == nil {
		t.Error("something was left behind")
	}
	k.Close()
	if err := k.Backup(ctx, none, guard("x"), ""); fault.Of(err) != fault.Locked {
		t.Errorf("closed: %v", err)
	}
}
