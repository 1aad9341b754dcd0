package engine

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// safe is an owner's profile that has the card of a key pair kept elsewhere.
type safe struct {
	t     *testing.T
	owner *Engine
	pair  *identity.KeyPair
	dir   string
	id    string // of the contact
}

func newSafe(t *testing.T) *safe {
	t.Helper()
	pair, err := identity.New("Family safe")
	s := &safe{t: t, owner: openAt(t, t.TempDir()), pair: pair, dir: t.TempDir()}
	s.must(err)
	t.Cleanup(pair.Destroy)
	s.must(s.owner.Create(t.Context(), "Ada", pass(), nil))
	card, err := identity.MarshalCard(pair)
	s.must(err)
	c, err := s.owner.AddContact(t.Context(), "", card)
	s.must(err)
	s.id = c.ID()
	return s
}

func (s *safe) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *safe) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	s.must(os.MkdirAll(filepath.Dir(path), 0o700))
	s.must(os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (s *safe) to(names ...string) []identity.Recipient {
	s.t.Helper()
	people, err := s.owner.Find(names)
	s.must(err)
	to, err := Audience(people, false)
	s.must(err)
	return to
}

// encrypt encrypts one file and answers the result.
func (s *safe) encrypt(path string, opt batch.EncryptOptions) string {
	s.t.Helper()
	plan, err := s.owner.PlanTo(s.t.Context(), batch.ToEncrypt, []string{path})
	s.must(err)
	j, err := s.owner.Encrypt(plan, opt)
	return finished(s.t, j, err, job.Done).Out
}

// opens says whether the agent's key opens the file.
func (s *safe) opens(path string) bool {
	s.t.Helper()
	src, err := safefile.OpenSource(path)
	s.must(err)
	defer src.Close()
	header, _, _, err := agefile.ReadHeader(src, src.Size())
	s.must(err)
	keys, err := identity.Open(s.pair)
	s.must(err)
	defer keys.Close()
	key, err := agefile.OpenHeader(header, keys.Identities()...)
	defer key.Destroy()
	if err != nil && fault.Of(err) != fault.NoKey {
		s.t.Errorf("%s: %v", path, err)
	}
	return err == nil
}

// The agent's side: they drop the file into a profile of their own.
func TestTheAgentOpensByDrop(t *testing.T) {
	s := newSafe(t)
	s.must(s.owner.SetAgent(t.Context(), s.id))
	sealed := s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me")})
	them := openAt(t, t.TempDir())
	text, err := s.pair.MarshalIdentity()
	s.must(err)
	s.must(them.Create(t.Context(), "Family", pass(), text))
	plan, err := them.Plan(t.Context(), []string{sealed})
	if err != nil || len(plan.Open) != 1 || plan.Open[0].Access != batch.ByKey || plan.Open[0].KeyName != "Family safe" {
		t.Fatalf("%+v, %v", plan, err)
	}
	j, err := them.Decrypt(plan, batch.OpenOptions{Dir: t.TempDir()})
	row := finished(t, j, err, job.Done)
	if text, err := os.ReadFile(row.Out); err != nil || string(text) != "Dear Bo" {
		t.Errorf("%q, %v", text, err)
	}
}

func stanzas(t *testing.T, path string) (types []string) {
	t.Helper()
	info, err := agefile.Inspect(path)
	if err != nil || info.Problem != nil {
		t.Fatal(err, info.Problem)
	}
	for _, s := range info.Stanzas {
		types = append(types, s.Type)
	}
	return types
}

func TestTheAgentCanOpenWhatIsEncryptedFromThenOn(t *testing.T) {
	s := newSafe(t)
	letter := s.file("letter", "Dear Bo")
	before := s.encrypt(letter, batch.EncryptOptions{To: s.to("me")})
	if _, set := s.owner.Agent(); set || s.owner.HasAgent() || s.opens(before) {
		t.Fatal("there is an agent already")
	}
	s.must(s.owner.SetAgent(t.Context(), s.id))
	if a, set := s.owner.Agent(); !set || a.Name != "Family safe" || a.ID != s.id || a.Problem != nil || a.Since.IsZero() || !s.owner.HasAgent() {
		t.Fatalf("%+v, %v", a, set)
	}
	after := s.encrypt(letter, batch.EncryptOptions{To: s.to("me")})
	if !s.opens(after) || !slices.Equal(stanzas(t, after), []string{"mlkem768x25519", "mlkem768x25519"}) {
		t.Errorf("the agent does not open it: %v", stanzas(t, after))
	}
	if used := s.owner.LastUsed(); used[s.id].IsZero() {
		t.Error("it does not count as used")
	}
	without := s.encrypt(letter, batch.EncryptOptions{To: s.to("me"), NoAgent: true})
	if s.opens(without) || len(stanzas(t, without)) != 1 {
		t.Error("left out by hand, the agent opens it")
	}
	// Chosen by hand as well, they are there once.
	if both := s.encrypt(letter, batch.EncryptOptions{To: s.to("me", "family safe")}); !s.opens(both) || len(stanzas(t, both)) != 2 {
		t.Errorf("%v", stanzas(t, both))
	}
	// Where the others have classic keys, so has the agent.
	old, err := identity.NewClassic("Old")
	s.must(err)
	defer old.Destroy()
	classic := s.encrypt(letter, batch.EncryptOptions{To: []identity.Recipient{old.Public().Recipient}})
	if !s.opens(classic) || !slices.Equal(stanzas(t, classic), []string{"X25519", "X25519"}) {
		t.Errorf("%v", stanzas(t, classic))
	}
	// A passphrase stands alone.
	if by := s.encrypt(letter, batch.EncryptOptions{Passphrase: pass()}); !slices.Equal(stanzas(t, by), []string{"scrypt"}) {
		t.Errorf("%v", stanzas(t, by))
	}
	// So do folders, hidden names, armor, and originals that are removed.
	s.file("folder/a", "A")
	for _, opt := range []batch.EncryptOptions{{}, {HideNames: true}, {Armor: true}, {RemoveOriginals: true}} {
		opt.To = s.to("me")
		if out := s.encrypt(filepath.Join(s.dir, "folder"), opt); !s.opens(out) {
			t.Errorf("%+v: the agent does not open it", opt)
		}
		s.file("folder/a", "A")
	}
	s.must(s.owner.ClearAgent(t.Context()))
	if out := s.encrypt(letter, batch.EncryptOptions{To: s.to("me")}); s.opens(out) || s.owner.HasAgent() {
		t.Error("cleared, the agent opens it")
	}
}

func TestRewrapIncludesTheAgent(t *testing.T) {
	s := newSafe(t)
	sealed := s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me")})
	s.must(s.owner.SetAgent(t.Context(), s.id))
	plan, err := s.owner.Plan(t.Context(), []string{sealed})
	s.must(err)
	j, err := s.owner.RewrapWith(plan, s.to("me"), batch.OpenOptions{NoAgent: true})
	finished(t, j, err, job.Done)
	if s.opens(sealed) {
		t.Error("left out by hand, the agent opens it")
	}
	plan, err = s.owner.Plan(t.Context(), []string{sealed})
	s.must(err)
	j, err = s.owner.Rewrap(plan, s.to("me"))
	finished(t, j, err, job.Done)
	if !s.opens(sealed) {
		t.Error("the agent does not open it")
	}
}

// Whatever keeps the agent out keeps the job from starting.
func TestTheAgentIsNeverForgotten(t *testing.T) {
	s := newSafe(t)
	s.must(s.owner.SetAgent(t.Context(), s.id))
	letter := s.file("letter", "Dear Bo")
	me := s.to("me")
	refused := func(when string, kind fault.Kind) {
		t.Helper()
		plan, err := s.owner.PlanTo(t.Context(), batch.ToEncrypt, []string{letter})
		s.must(err)
		if _, err := s.owner.Encrypt(plan, batch.EncryptOptions{To: me}); fault.Of(err) != kind {
			t.Errorf("%s, encrypting: %v", when, err)
		}
		if _, err := s.owner.Rewrap(&batch.Plan{}, me); fault.Of(err) != kind {
			t.Errorf("%s, changing: %v", when, err)
		}
		if _, err := s.owner.AddAgent(&batch.Plan{}, batch.OpenOptions{}); fault.Of(err) != kind {
			t.Errorf("%s, adding: %v", when, err)
		}
		if a, set := s.owner.Agent(); kind != fault.Locked && (!set || fault.Of(a.Problem) != kind) {
			t.Errorf("%s: %+v", when, a)
		}
		s.encrypt(letter, batch.EncryptOptions{To: me, NoAgent: true}) // as somebody may choose
	}
	s.owner.Lock()
	refused("locked", fault.Locked)
	other := openAt(t, s.owner.Home())
	if !other.HasAgent() {
		t.Error("another program does not see, locked, that there is an agent")
	}
	s.must(s.owner.Unlock(t.Context(), pass()))

	// Another key came under the name.
	imposter, err := identity.New("Family safe")
	s.must(err)
	defer imposter.Destroy()
	card, err := identity.MarshalCard(imposter)
	s.must(err)
	take := func(text []byte) {
		t.Helper()
		in, err := s.owner.Read(t.Context(), secret.Take(bytes.Clone(text)), nil)
		s.must(err)
		s.must(s.owner.Take(t.Context(), in))
	}
	take(card)
	refused("changed", fault.ContactChanged)
	s.must(s.owner.RefuseChange(t.Context(), s.id))
	if !s.opens(s.encrypt(letter, batch.EncryptOptions{To: me})) {
		t.Error("refused, the agent is not who it was")
	}
	take(card)
	s.must(s.owner.AcceptChange(t.Context(), s.id))
	a, set := s.owner.Agent()
	if !set || a.Problem != nil || a.Recipient != imposter.Public().Recipient || a.Verified {
		t.Errorf("accepted, the agent is %+v", a)
	}
	if s.opens(s.encrypt(letter, batch.EncryptOptions{To: me})) {
		t.Error("accepted, it is still the old key")
	}

	// Another key that would be left out of half the files.
	alone, err := identity.NewClassic("Family safe")
	s.must(err)
	defer alone.Destroy()
	if card, err = identity.MarshalCard(alone); err != nil {
		t.Fatal(err)
	}
	take(card)
	s.must(s.owner.AcceptChange(t.Context(), a.ID))
	refused("with half a key", fault.AgentIncomplete)

	// A program that knows no agents deleted the contact.
	ring, err := s.owner.session.Keyring()
	s.must(err)
	s.must(ring.ChangeRecords(keyring.AgentTag, func([]string) ([]string, error) {
		return []string{`{"to":"0123456789abcdef","name":"Family safe"}`}, nil
	}))
	refused("gone", fault.AgentMissing)
	if a, _ := s.owner.Agent(); a.Name != "Family safe" {
		t.Errorf("gone, the agent is %+v", a)
	}
	s.must(s.owner.ClearAgent(t.Context()))
	s.encrypt(letter, batch.EncryptOptions{To: me})
}

// Deleting the contact is the end of the agent.
func TestDeletingTheAgentsContact(t *testing.T) {
	s := newSafe(t)
	s.must(s.owner.SetAgent(t.Context(), s.id))
	s.must(s.owner.DeleteContact(t.Context(), s.id))
	if _, set := s.owner.Agent(); set || s.owner.HasAgent() {
		t.Error("the agent is still there")
	}
	s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me")})
}

func TestSetAgentRefuses(t *testing.T) {
	s := newSafe(t)
	old, err := identity.NewClassic("Old")
	s.must(err)
	defer old.Destroy()
	c, err := s.owner.AddContact(t.Context(), "Old", []byte(old.Public().Recipient.Text))
	s.must(err)
	for id, kind := range map[string]fault.Kind{"nobody": fault.NoContact, c.ID(): fault.AgentIncomplete} {
		if err := s.owner.SetAgent(t.Context(), id); fault.Of(err) != kind || s.owner.HasAgent() {
			t.Errorf("%v, want %s", err, kind)
		}
		if err := s.owner.CanBeAgent(id); fault.Of(err) != kind {
			t.Errorf("%v, want %s", err, kind)
		}
	}
	if err := s.owner.CanBeAgent(s.id); err != nil {
		t.Error(err)
	}
	if _, err := s.owner.AddAgent(&batch.Plan{}, batch.OpenOptions{}); fault.Of(err) != fault.AgentMissing {
		t.Errorf("with no agent: %v", err)
	}
	s.owner.Lock()
	if err := s.owner.SetAgent(t.Context(), s.id); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
	if err := s.owner.ClearAgent(t.Context()); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
}

// What another program decided counts at once, although nobody unlocked again.
func TestAnAgentSetByAnotherProgram(t *testing.T) {
	s := newSafe(t)
	other := openAt(t, s.owner.Home())
	other.Headless()
	s.must(other.Unlock(t.Context(), pass()))
	s.must(other.SetAgent(t.Context(), s.id))
	if a, set := s.owner.Agent(); !set || a.ID != s.id {
		t.Errorf("%+v, %v", a, set)
	}
	s.must(other.ClearAgent(t.Context()))
	if a, set := s.owner.Agent(); set {
		t.Errorf("%+v", a)
	}
}

func TestAddAgentToAFolder(t *testing.T) {
	s := newSafe(t)
	me := s.to("me")
	var old []string
	for _, name := range []string{"a", "deep/b", "deep/er/c"} {
		path := s.file("tree/"+name, name)
		old = append(old, s.encrypt(path, batch.EncryptOptions{To: me, Armor: name == "a"}))
	}
	s.file("tree/folder/in", "in")
	old = append(old, s.encrypt(filepath.Join(s.dir, "tree", "folder"), batch.EncryptOptions{To: me}))
	s.must(os.Symlink("a.age", filepath.Join(s.dir, "tree", "link.age")))
	phrase := s.encrypt(s.file("tree/p", "p"), batch.EncryptOptions{Passphrase: pass()})
	stranger, err := identity.New("x")
	s.must(err)
	defer stranger.Destroy()
	foreign := s.encrypt(s.file("tree/f", "f"), batch.EncryptOptions{To: []identity.Recipient{stranger.Public().Recipient}})
	hurt := s.encrypt(s.file("tree/h", "h"), batch.EncryptOptions{To: me})
	content, err := os.ReadFile(hurt)
	s.must(err)
	s.must(os.WriteFile(hurt, append(content[:len(content)-1], content[len(content)-1]^1), 0o600))
	inspected := s.encrypt(s.file("tree/i", "i"), batch.EncryptOptions{To: me})
	s.must(os.Truncate(inspected, 40))
	if os.Getuid() != 0 {
		s.must(os.Mkdir(filepath.Join(s.dir, "tree", "closed"), 0))
		t.Cleanup(func() { os.Chmod(filepath.Join(s.dir, "tree", "closed"), 0o700) })
	}
	s.must(s.owner.SetAgent(t.Context(), s.id))
	seen := 0
	plan, err := s.owner.Encrypted(t.Context(), []string{s.dir, old[0], filepath.Join(s.dir, "none")}, func(n int) { seen = n })
	s.must(err)
	if len(plan.Open) != len(old)+2 || plan.Found() != len(old)+4 || seen < plan.Found() {
		t.Fatalf("%d and %d of %d: %+v", len(plan.Open), plan.Found(), seen, plan.Refused)
	}
	why := map[string]fault.Kind{}
	for _, it := range plan.Refused {
		why[it.Path] = it.Problem.Kind
	}
	if why[phrase] != fault.PassphraseAlone || why[inspected] != fault.Truncated || why[filepath.Join(s.dir, "none")] != fault.NotFound {
		t.Errorf("%v", why)
	}
	info, err := os.Stat(old[1])
	s.must(err)
	states := func() map[string]job.Row {
		t.Helper()
		j, err := s.owner.AddAgent(plan, batch.OpenOptions{})
		s.must(err)
		<-j.Done()
		rows := map[string]job.Row{}
		for i := range j.Len() {
			rows[j.Row(i).Path] = j.Row(i)
		}
		return rows
	}
	rows := states()
	for _, path := range old {
		if rows[path].State != job.Done || rows[path].Out != path || !s.opens(path) {
			t.Errorf("%s: %+v", path, rows[path])
		}
	}
	if now, err := os.Stat(old[1]); err != nil || !now.ModTime().Equal(info.ModTime()) || now.Mode() != info.Mode() {
		t.Errorf("%v, %v", now, err)
	}
	if rows[foreign].Err == nil || rows[foreign].Err.Kind != fault.NoKey || rows[hurt].Err == nil || rows[hurt].Err.Kind != fault.PayloadDamaged {
		t.Errorf("%+v, %+v", rows[foreign], rows[hurt])
	}
	// Once more, and what was encrypted since: nothing is added twice.
	late := s.encrypt(s.file("tree/late", "late"), batch.EncryptOptions{To: me})
	plan, err = s.owner.Encrypted(t.Context(), []string{s.dir}, nil)
	s.must(err)
	rows = states()
	for _, path := range append(old, late) {
		if rows[path].State != job.Skipped || len(stanzas(t, path)) != 2 {
			t.Errorf("%s again: %+v, %v", path, rows[path].State, stanzas(t, path))
		}
	}
	// Without the notes a second entry does no harm.
	s.must(os.Remove(s.owner.notesPath()))
	rows = states()
	if rows[old[0]].State != job.Done || len(stanzas(t, old[0])) != 3 || !s.opens(old[0]) {
		t.Errorf("without notes: %+v", rows[old[0]])
	}
	// Another agent: everything is to be done again.
	s.must(s.owner.ClearAgent(t.Context()))
	s.must(s.owner.SetAgent(t.Context(), s.id))
	if rows = states(); rows[old[0]].State != job.Done {
		t.Errorf("for another agent: %+v", rows[old[0]])
	}
}

func TestAddAgentIsCancelled(t *testing.T) {
	s := newSafe(t)
	var paths []string
	for i := range 20 {
		path := s.file(string(rune('a'+i)), "x")
		s.must(os.Truncate(path, 3<<20))
		paths = append(paths, s.encrypt(path, batch.EncryptOptions{To: s.to("me")}))
	}
	s.must(s.owner.SetAgent(t.Context(), s.id))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.owner.Encrypted(ctx, []string{s.dir}, nil); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
	plan, err := s.owner.Encrypted(t.Context(), []string{s.dir}, nil)
	s.must(err)
	j, err := s.owner.AddAgent(plan, batch.OpenOptions{})
	s.must(err)
	for j.Row(0).State != job.Done { // until one is
	}
	j.Cancel()
	<-j.Done()
	for i, path := range paths {
		if n := len(stanzas(t, path)); n != 2 && j.Row(i).State == job.Done || n != 1 && j.Row(i).State != job.Done {
			t.Errorf("%s: %v with %d entries", path, j.Row(i).State, n)
		}
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 40 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// A plugin's key may be of either sort; which, only the plugin says. The agent
// joins it all the same.
func TestTheAgentBesideAPlugin(t *testing.T) {
	probe(t)
	s := newSafe(t)
	s.must(s.owner.SetAgent(t.Context(), s.id))
	for _, mode := range []string{"open", "postquantum"} {
		text, _ := probeKey(mode)
		r, err := identity.ParseRecipient(text)
		s.must(err)
		plan, err := s.owner.PlanTo(t.Context(), batch.ToEncrypt, []string{s.file("letter "+mode, "Dear Bo")})
		s.must(err)
		j, err := s.owner.Encrypt(plan, batch.EncryptOptions{To: []identity.Recipient{r}})
		s.must(err)
		<-j.Done()
		if row := j.Row(0); row.State == job.Done && !s.opens(row.Out) || row.State != job.Done {
			t.Errorf("%s: %v, %v", mode, row.State, row.Err)
		}
	}
}

func TestAnOfflineKeyBecomesTheAgent(t *testing.T) {
	s := newSafe(t)
	if _, err := s.owner.NewOfflineKey("family SAFE"); fault.Of(err) != fault.NameTaken {
		t.Errorf("%v", err)
	}
	k, err := s.owner.NewOfflineKey("Drawer")
	s.must(err)
	defer k.Close()
	if err := s.owner.AdoptAgent(t.Context(), k); fault.Of(err) != fault.AgentUnwritten {
		t.Errorf("unwritten: %v", err)
	}
	path := filepath.Join(s.dir, "drawer.age")
	if err := k.SaveFile(t.Context(), path, secret.New(0)); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("no passphrase: %v", err)
	}
	s.must(k.SaveFile(t.Context(), path, pass()))
	if err := k.SaveFile(t.Context(), path, pass()); fault.Of(err) != fault.Exists {
		t.Errorf("twice: %v", err)
	}
	s.must(s.owner.AdoptAgent(t.Context(), k))
	a, set := s.owner.Agent()
	if !set || a.Name != "Drawer" || !a.Verified || a.Problem != nil || len(s.owner.Keys()) != 1 {
		t.Errorf("%+v, %d keys", a, len(s.owner.Keys()))
	}
	if err := k.SaveFile(t.Context(), path+"2", pass()); fault.Of(err) != fault.Locked {
		t.Errorf("after it was adopted: %v", err)
	}
	sealed := s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me")})

	// From the file alone, somewhere else.
	them := openAt(t, t.TempDir()) // with no keyring
	keys, err := them.OpenIdentityFiles(t.Context(), []string{path}, func() (*secret.Buffer, error) { return pass(), nil })
	s.must(err)
	plan, err := them.Plan(t.Context(), []string{sealed})
	s.must(err)
	j, err := them.Decrypt(plan, batch.OpenOptions{Keys: keys, Dir: t.TempDir()})
	row := finished(t, j, err, job.Done)
	if text, err := os.ReadFile(row.Out); err != nil || string(text) != "Dear Bo" {
		t.Errorf("%q, %v", text, err)
	}
}

// An agent's key on paper alone, whole or in shares, opens what was encrypted:
// somewhere else, once it is put together.
func TestAnOfflineKeyOnPaper(t *testing.T) {
	s := newSafe(t)
	k, err := s.owner.NewOfflineKey("Drawer")
	s.must(err)
	defer k.Close()
	page := filepath.Join(s.dir, "drawer.pdf")
	sheet, err := k.SaveSheet(t.Context(), page, labels(t))
	s.must(err)
	sheet.Close()
	if _, err := k.SaveSheet(t.Context(), page, labels(t)); fault.Of(err) != fault.Exists {
		t.Errorf("twice: %v", err)
	}
	if _, err := k.SaveShares(t.Context(), 1, 3, s.dir, labels(t)); fault.Of(err) != fault.SharePlan {
		t.Errorf("one of three: %v", err)
	}
	shares := t.TempDir()
	paths, err := k.SaveShares(t.Context(), 2, 3, shares, labels(t))
	s.must(err)
	s.must(s.owner.AdoptAgent(t.Context(), k))
	if status := s.owner.Recovery(); status.Back != 0 || len(status.Ways) != 1 || status.Ways[0].Kind != recovery.AgentWay || status.Ways[0].Helps {
		t.Errorf("%d ways, %d to one's own keys", len(status.Ways), status.Back)
	}
	sealed := s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me")})
	for name, pieces := range map[string][]string{"sheet": {page}, "shares": {paths[0], paths[len(paths)-1]}} {
		them := openAt(t, t.TempDir())
		s.must(them.Create(t.Context(), "Family", pass(), nil))
		r := them.NewRestore()
		for _, path := range pieces {
			piece, err := r.AddFile(t.Context(), path, nil)
			if err != nil || piece.Problem != nil {
				t.Fatalf("%s: %v, %v", path, err, piece.Problem)
			}
		}
		s.must(them.Restore(t.Context(), r, recovery.Merge, "", nil))
		r.Close()
		plan, err := them.Plan(t.Context(), []string{sealed})
		s.must(err)
		j, err := them.Decrypt(plan, batch.OpenOptions{Dir: t.TempDir()})
		row := finished(t, j, err, job.Done)
		if text, err := os.ReadFile(row.Out); err != nil || string(text) != "Dear Bo" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// What was not adopted goes with a lock.
func TestALockForgetsAnOfflineKey(t *testing.T) {
	s := newSafe(t)
	k, err := s.owner.NewOfflineKey("Drawer")
	s.must(err)
	s.must(k.SaveFile(t.Context(), filepath.Join(s.dir, "drawer.age"), pass()))
	s.owner.Lock()
	if !k.Closed() {
		t.Error("it outlives the lock")
	}
	if err := s.owner.AdoptAgent(t.Context(), k); fault.Of(err) != fault.Locked {
		t.Errorf("%v", err)
	}
	if _, err := s.owner.NewOfflineKey("Another"); fault.Of(err) != fault.Locked {
		t.Errorf("%v", err)
	}
}
