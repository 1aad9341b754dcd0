package batch

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// desk is a folder of files and a key pair to encrypt them for.
type desk struct {
	t     *testing.T
	dir   string
	store *safefile.Store
	me    *identity.KeyPair
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	me, err := identity.New("Me")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(me.Destroy)
	store := safefile.New(filepath.Join(t.TempDir(), "journal"))
	t.Cleanup(func() { store.Close() })
	return &desk{t, t.TempDir(), store, me}
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

// file writes a file and answers its path.
func (d *desk) file(name string, content []byte) string {
	d.t.Helper()
	path := d.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o640); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func (d *desk) look(intent Intent, paths ...string) *Plan {
	d.t.Helper()
	p, err := Look(context.Background(), paths, intent, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) mine() []identity.Recipient { return []identity.Recipient{d.me.Public().Recipient} }

// encrypt runs a job over paths to its end.
func (d *desk) encrypt(opt EncryptOptions, paths ...string) *job.Job {
	d.t.Helper()
	if opt.Passphrase == nil && opt.To == nil {
		opt.To = d.mine()
	}
	j, err := Encrypt(context.Background(), d.store, d.look(ToEncrypt, paths...), opt)
	if err != nil {
		d.t.Fatal(err)
	}
	<-j.Done()
	return j
}

// open runs a job that opens paths to its end, with me's key unless opt has
// something else.
func (d *desk) open(opt OpenOptions, paths ...string) *job.Job {
	d.t.Helper()
	if opt.Passphrase == nil {
		keys, err := identity.Open(d.me)
		if err != nil {
			d.t.Fatal(err)
		}
		opt.Keys = keys
	}
	j, err := Open(context.Background(), d.store, d.look(ToOpen, paths...), opt)
	if err != nil {
		d.t.Fatal(err)
	}
	<-j.Done()
	return j
}

// outs are the results of a job in which everything must have worked.
func (d *desk) outs(j *job.Job) []string {
	d.t.Helper()
	var outs []string
	for i := range j.Len() {
		row := j.Row(i)
		if row.State != job.Done || len(row.Notes) > 0 {
			d.t.Fatalf("row %d (%s): %v, %v, notes %v", i, row.Path, row.State, row.Err, row.Notes)
		}
		outs = append(outs, row.Out)
	}
	return outs
}

// only fails unless the folder holds just these names.
func (d *desk) only(names ...string) {
	d.t.Helper()
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	if fmt.Sprint(have) != fmt.Sprint(names) {
		d.t.Fatalf("folder holds %q, want %q", have, names)
	}
}

func (d *desk) holds(path string, want []byte) {
	d.t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		d.t.Fatalf("%s holds %d bytes (%v), want %d", path, len(got), err, len(want))
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func words(s string) *secret.Buffer { return secret.Take([]byte(s)) }

// TestManyInputsOfAllSizesComeBack mixes two groups of small files, large ones
// and a folder in one job.
func TestManyInputsOfAllSizesComeBack(t *testing.T) {
	d := newDesk(t)
	want := map[string][]byte{}
	var paths []string
	for i := range groupFiles + 40 {
		content := random(i * 7)
		path := d.file(fmt.Sprintf("in/small-%03d", i), content)
		paths = append(paths, path)
		want[filepath.Base(path)] = content
		if i == 100 {
			big := random(smallFile + 3)
			want["big"] = big
			paths = append(paths, d.file("in/big", big))
		}
	}
	inner := random(70_000)
	d.file("in/folder/a/b", inner)
	paths = append(paths, d.path("in/folder"))

	enc, dec := d.path("enc"), d.path("dec")
	for _, dir := range []string{enc, dec} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sealed := d.outs(d.encrypt(EncryptOptions{Dir: enc}, paths...))
	opened := d.outs(d.open(OpenOptions{Dir: dec}, sealed...))
	if len(opened) != len(paths) {
		t.Fatalf("%d results of %d", len(opened), len(paths))
	}
	for name, content := range want {
		d.holds(filepath.Join(dec, name), content)
	}
	d.holds(filepath.Join(dec, "folder", "a", "b"), inner)
	for i, out := range sealed {
		if filepath.Base(out) != filepath.Base(paths[i])+".age" && !strings.HasSuffix(out, "folder.tar.age") {
			t.Errorf("%s became %s", paths[i], out)
		}
	}
}

func TestOnePassphraseJobPaysScryptOnceAndSharesNoPayloadKey(t *testing.T) {
	d := newDesk(t)
	a, b := d.file("a", []byte("same")), d.file("b", []byte("same"))
	sealed := d.outs(d.encrypt(EncryptOptions{Passphrase: words("correct horse")}, a, b))
	var files [2][]byte
	for i, path := range sealed {
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	end := bytes.Index(files[0], []byte("\n---"))
	if !bytes.Equal(files[0][:end], files[1][:end]) {
		t.Error("the headers differ: scrypt was paid per file")
	}
	if bytes.Equal(files[0][len(files[0])-36:], files[1][len(files[1])-36:]) {
		t.Error("two files have the same nonce or payload key")
	}
	os.Remove(a)
	os.Remove(b)
	if j := d.open(OpenOptions{Passphrase: words("wrong")}, sealed...); j.Row(0).Err == nil || j.Row(0).Err.Kind != fault.WrongPassphrase {
		t.Errorf("a wrong passphrase answered %v", j.Row(0).Err)
	}
	d.only("a.age", "b.age")
	d.outs(d.open(OpenOptions{Passphrase: words("correct horse")}, sealed...))
	d.holds(a, []byte("same"))
}

func TestTakenNames(t *testing.T) {
	for _, c := range []struct {
		policy safefile.Policy
		state  job.State
		fault  fault.Kind
		names  []string
	}{
		{safefile.KeepBoth, job.Done, "", []string{"a", "a (2).age", "a.age"}},
		{safefile.Refuse, job.Failed, fault.Exists, []string{"a", "a.age"}},
		{safefile.Skip, job.Skipped, "", []string{"a", "a.age"}},
		{safefile.Replace, job.Done, "", []string{"a", "a.age"}},
	} {
		d := newDesk(t)
		a := d.file("a", []byte("new"))
		old := d.file("a.age", []byte("old"))
		row := d.encrypt(EncryptOptions{Policy: c.policy}, a).Row(0)
		if row.State != c.state || c.fault != "" && (row.Err == nil || row.Err.Kind != c.fault) {
			t.Errorf("policy %d: %v, %v", c.policy, row.State, row.Err)
		}
		d.only(c.names...)
		if c.policy != safefile.Replace {
			d.holds(old, []byte("old"))
		}
	}
}

func TestHiddenNamesComeBack(t *testing.T) {
	d := newDesk(t)
	tax, trip := d.file("tax.pdf", []byte("tax")), d.file("trip/day", []byte("day"))
	sealed := d.outs(d.encrypt(EncryptOptions{HideNames: true}, tax, filepath.Dir(trip)))
	for _, path := range sealed {
		name := strings.TrimSuffix(filepath.Base(path), ".tar.age")
		if !hidden.MatchString(name) {
			t.Errorf("%s says something", path)
		}
	}
	os.Remove(tax)
	os.RemoveAll(filepath.Dir(trip))
	d.outs(d.open(OpenOptions{}, sealed...))
	d.holds(tax, []byte("tax"))
	d.holds(trip, []byte("day"))
}

func TestOriginalsGoOnlyAfterComparing(t *testing.T) {
	for _, opt := range []EncryptOptions{
		{}, {HideNames: true}, {Armor: true}, {Passphrase: words("four words are enough")},
	} {
		d := newDesk(t)
		content := random(2*smallFile + 5)
		opt.RemoveOriginals = true
		paths := []string{d.file("small", []byte("x")), d.file("large", content), filepath.Dir(d.file("folder/in", []byte("y")))}
		for _, path := range d.outs(d.encrypt(opt, paths...)) {
			if _, err := os.Lstat(path); err != nil {
				t.Error(err)
			}
		}
		for _, path := range paths {
			if _, err := os.Lstat(path); err == nil {
				t.Errorf("%s is still there", path)
			}
		}
	}
}

// TestOriginalStaysWhenTheResultCannotBeReadBack damages the published file
// before it is compared.
func TestOriginalStaysWhenTheResultCannotBeReadBack(t *testing.T) {
	d := newDesk(t)
	path := d.file("a", random(100_000))
	plan := d.look(ToEncrypt, path)
	e := &encryption{store: d.store, items: plan.Encrypt, opt: EncryptOptions{To: d.mine(), RemoveOriginals: true}}
	if err := e.address(); err != nil {
		t.Fatal(err)
	}
	w := &work{items: plan.Encrypt, target: e.target, write: e.write, done: e.done}
	w.published = func(ctx context.Context, i int, final string) error {
		f, err := os.OpenFile(final, os.O_RDWR, 0)
		if err != nil {
			t.Error(err)
		}
		info, _ := f.Stat()
		f.WriteAt([]byte{0x5a, 0xa5, 0x5a, 0xa5}, info.Size()-500)
		f.Close()
		return e.removeOriginal(ctx, i, final)
	}
	j := w.start(context.Background(), func(it Item) int64 { return it.Size })
	<-j.Done()
	if row := j.Row(0); len(row.Notes) != 1 {
		t.Errorf("notes %v, err %v", row.Notes, row.Err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the original is lost: %v", err)
	}
}

func TestRewrapReplacesInOneStep(t *testing.T) {
	d := newDesk(t)
	ana, err := identity.New("Ana")
	if err != nil {
		t.Fatal(err)
	}
	defer ana.Destroy()
	content := random(300_000)
	a := d.file("a", content)
	sealed := d.outs(d.encrypt(EncryptOptions{}, a))
	os.Remove(a)
	keys, err := identity.Open(d.me)
	if err != nil {
		t.Fatal(err)
	}
	j, err := Rewrap(context.Background(), d.store, d.look(ToOpen, sealed...), []identity.Recipient{ana.Public().Recipient}, OpenOptions{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	<-j.Done()
	d.outs(j)
	d.only("a.age")
	if row := d.open(OpenOptions{}, sealed...).Row(0); row.Err == nil || row.Err.Kind != fault.NoKey {
		t.Errorf("who was taken out still opens it: %v", row.Err)
	}
	d.me = ana
	d.outs(d.open(OpenOptions{}, sealed...))
	d.holds(a, content)
}

func TestCancelLeavesNothingBehind(t *testing.T) {
	d := newDesk(t)
	var paths []string
	for i := range 2 * groupFiles {
		paths = append(paths, d.file(fmt.Sprintf("in/%d", i), []byte("x")))
	}
	paths = append(paths, d.file("in/large", random(8<<20)))
	before := d.names("in")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	j, err := Encrypt(ctx, d.store, d.look(ToEncrypt, paths...), EncryptOptions{To: d.mine()})
	if err != nil {
		t.Fatal(err)
	}
	<-j.Done()
	for i := range j.Len() {
		if s := j.Row(i).State; s != job.Cancelled {
			t.Fatalf("row %d is %v", i, s)
		}
	}
	if after := d.names("in"); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("something appeared")
	}
}

func (d *desk) names(dir string) (names []string) {
	filepath.WalkDir(d.path(dir), func(path string, _ fs.DirEntry, _ error) error {
		names = append(names, path)
		return nil
	})
	return names
}

func TestFolderRefusesToHoldItsOwnArchive(t *testing.T) {
	d := newDesk(t)
	d.file("folder/in", []byte("x"))
	row := d.encrypt(EncryptOptions{Dir: d.path("folder")}, d.path("folder")).Row(0)
	if row.Err == nil || row.Err.Kind != fault.InsideItself {
		t.Errorf("answered %v", row.Err)
	}
	if n := d.names("folder"); len(n) != 2 {
		t.Errorf("left behind: %q", n)
	}
}

// TestReplaceNeverLosesAnInputOrAResult: replacing is for what somebody else
// left under a name, never for what this job reads or has just written.
func TestReplaceNeverLosesAnInputOrAResult(t *testing.T) {
	t.Run("two results of one name", func(t *testing.T) {
		d := newDesk(t)
		out := d.path("out")
		os.Mkdir(out, 0o700)
		a, b := d.file("a/x", []byte("first")), d.file("b/x", []byte("second"))
		j := d.encrypt(EncryptOptions{Dir: out, Policy: safefile.Replace, RemoveOriginals: true}, a, b)
		if row := j.Row(1); row.Err == nil || row.Err.Kind != fault.Exists {
			t.Errorf("the second answered %v, %v", row.State, row.Err)
		}
		d.holds(b, []byte("second"))
		d.outs(d.open(OpenOptions{Dir: d.dir}, j.Row(0).Out))
		d.holds(d.path("x"), []byte("first"))
	})
	t.Run("onto its own source", func(t *testing.T) {
		d := newDesk(t)
		a := d.file("a", []byte("only copy"))
		link := d.path("link")
		os.Symlink(a, link)
		for _, in := range []string{a, link} {
			out := a
			if row := d.encrypt(EncryptOptions{Out: out, Policy: safefile.Replace}, in).Row(0); row.Err == nil || row.Err.Kind != fault.Exists {
				t.Errorf("onto %s: %v, %v", out, row.State, row.Err)
			}
			d.holds(out, []byte("only copy"))
		}
	})
	t.Run("onto another source", func(t *testing.T) {
		d := newDesk(t)
		a, b := d.file("a", []byte("a")), d.file("a.age", []byte("not yet read"))
		if row := d.encrypt(EncryptOptions{Policy: safefile.Replace}, a, b).Row(0); row.Err == nil || row.Err.Kind != fault.Exists {
			t.Errorf("%v, %v", row.State, row.Err)
		}
		d.holds(b, []byte("not yet read"))
	})
	t.Run("a name that only the archive knows", func(t *testing.T) {
		d := newDesk(t)
		secretName := d.file("diary", []byte("theirs"))
		sealed := d.outs(d.encrypt(EncryptOptions{HideNames: true}, secretName))
		d.file("diary", []byte("mine"))
		d.outs(d.open(OpenOptions{Policy: safefile.Replace}, sealed...))
		d.holds(secretName, []byte("mine"))
		d.holds(d.path("diary (2)"), []byte("theirs"))
	})
}

func TestAnEntryThatChangedIsNotRemoved(t *testing.T) {
	d := newDesk(t)
	path := d.file("folder/in", []byte("compared"))
	entries, err := list(context.Background(), d.path("folder"))
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	os.WriteFile(path, []byte("written since"), 0o600)
	if err := entries[1].remove(); fault.Of(err) != fault.SourceChanged {
		t.Errorf("answered %v", err)
	}
	if err := entries[0].remove(); err == nil {
		t.Error("a folder went with what is in it")
	}
	d.holds(path, []byte("written since"))
}
