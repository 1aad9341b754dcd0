package engine

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

func never(bool) (*secret.Buffer, error) { return nil, fault.New(fault.Cancelled, "", nil) }

// unlocked is a new profile of Ada's.
func unlocked(t *testing.T) *Engine {
	t.Helper()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	if err := e.Create(context.Background(), "Ada", pass(), nil); err != nil {
		t.Fatal(err)
	}
	return e
}

// cardOf is the contact card of a new key pair.
func cardOf(t *testing.T, name string) []byte {
	t.Helper()
	k, err := identity.New(name)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Destroy()
	card, err := identity.MarshalCard(k)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// taken imports text and answers what Read said of it.
func taken(t *testing.T, e *Engine, text []byte) *Incoming {
	t.Helper()
	in, err := e.Read(context.Background(), secret.Take(slices.Clone(text)), never)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.Close)
	if err := e.Take(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestAnotherKeyUnderAKnownNameBlocksUntilDecided(t *testing.T) {
	ctx, e := context.Background(), unlocked(t)
	taken(t, e, cardOf(t, "Bo"))
	bo, err := e.Contact("bo")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.VerifyContact(ctx, bo.ID(), true); err != nil {
		t.Fatal(err)
	}
	if err := e.SetGroup(ctx, "", keyring.Group{Name: "Friends", Members: []string{bo.ID()}}); err != nil {
		t.Fatal(err)
	}

	second := cardOf(t, "Bo")
	if in := taken(t, e, second); !in.Contacts[0].Changes() || in.Contacts[0].Known {
		t.Errorf("another key for Bo was read as %+v", in.Contacts[0])
	}
	for _, name := range []string{"Bo", "friends"} {
		people, err := e.Find([]string{"me", name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Audience(people, false); fault.Of(err) != fault.ContactChanged {
			t.Errorf("encrypting to %s: %v", name, err)
		}
	}
	if err := e.VerifyContact(ctx, bo.ID(), true); fault.Of(err) != fault.ContactChanged {
		t.Errorf("verified while undecided: %v", err)
	}

	if err := e.RefuseChange(ctx, bo.ID()); err != nil {
		t.Fatal(err)
	}
	if c, _ := e.Contact("Bo"); c.Changed() || !c.Verified || c.Recipient != bo.Recipient {
		t.Errorf("refused, Bo is %+v", c)
	}
	taken(t, e, second)
	if err := e.AcceptChange(ctx, bo.ID()); err != nil {
		t.Fatal(err)
	}
	c, _ := e.Contact("Bo")
	if c.Changed() || c.Verified || c.Recipient == bo.Recipient {
		t.Errorf("accepted, Bo is %+v", c)
	}
	friends, err := e.Find([]string{"Friends"})
	if err != nil || len(friends) != 1 || friends[0].ID != c.ID() {
		t.Errorf("the group did not follow: %+v, %v", friends, err)
	}
}

func TestAKnownCardChangesNothing(t *testing.T) {
	e, card := unlocked(t), cardOf(t, "Bo")
	taken(t, e, card)
	if in := taken(t, e, card); !in.Contacts[0].Known {
		t.Errorf("the same card again is %+v", in.Contacts[0])
	}
	if c := e.Contacts(); len(c) != 1 || c[0].Changed() {
		t.Errorf("contacts %+v", c)
	}
}

func TestSafetyWordsAgreeOnBothSides(t *testing.T) {
	ada, bo := unlocked(t), unlocked(t)
	for _, pair := range [][2]*Engine{{ada, bo}, {bo, ada}} {
		card, err := pair[0].Card(pair[0].Keys()[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pair[1].AddContact(context.Background(), "other", card); err != nil {
			t.Fatal(err)
		}
	}
	words := func(e *Engine) []string {
		w, err := e.SafetyWords(e.Keys()[0].ID, e.Contacts()[0].ID())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	if a, b := words(ada), words(bo); len(a) != 12 || !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

// enlarged is a picture with n pixels in place of each, as a PNG file.
func enlarged(t *testing.T, small image.Image, n int) []byte {
	t.Helper()
	b := small.Bounds()
	large := image.NewGray(image.Rect(0, 0, b.Dx()*n, b.Dy()*n))
	for y := range b.Dy() * n {
		for x := range b.Dx() * n {
			large.Set(x, y, small.At(b.Min.X+x/n, b.Min.Y+y/n))
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, large); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestACardAsPicture(t *testing.T) {
	ada, bo := unlocked(t), unlocked(t)
	code, err := ada.CardCode(ada.Keys()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(t.TempDir(), "ada.png")
	if err := os.WriteFile(picture, enlarged(t, code, 6), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := bo.ReadFile(context.Background(), picture, never)
	if err != nil {
		t.Fatal(err)
	}
	if err := bo.Take(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	if c := bo.Contacts(); len(c) != 1 || c[0].Name != "Ada" || c[0].Recipient != ada.Keys()[0].Recipient {
		t.Errorf("contacts %+v", c)
	}
}

func TestExportedKeyOpensAgainAndIsHeldBack(t *testing.T) {
	ctx, e, dir := context.Background(), unlocked(t), t.TempDir()
	id, path := e.Keys()[0].ID, filepath.Join(dir, "ada.key.age")
	if err := e.ExportKey(ctx, id, secret.Take([]byte("wrong")), nil, path); fault.Of(err) != fault.WrongPassphrase {
		t.Fatalf("a wrong passphrase answered %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
	if err := e.ExportKey(ctx, id, pass(), secret.Take([]byte("another one")), path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := e.ExportKey(ctx, id, pass(), nil, path); fault.Of(err) != fault.Exists {
		t.Errorf("over a file: %v", err)
	}
	asked := 0
	in, err := unlocked(t).ReadFile(ctx, path, func(again bool) (*secret.Buffer, error) {
		asked++
		return secret.Take([]byte([]string{"not this", "another one"}[asked-1])), nil
	})
	if err != nil || asked != 2 || len(in.Keys) != 1 || in.Keys[0].ID != id || in.Keys[0].Known {
		t.Fatalf("%+v, %v after %d answers", in, err, asked)
	}
	in.Close()
}

func TestTheLastKeyStays(t *testing.T) {
	ctx, e := context.Background(), unlocked(t)
	first := e.Keys()[0].ID
	if err := e.DeleteKey(ctx, first); fault.Of(err) != fault.LastKey {
		t.Errorf("the only key: %v", err)
	}
	second, err := e.NewKey(ctx, "Work", identity.X25519)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.RenameKey(ctx, second.ID, "Home"); err != nil {
		t.Fatal(err)
	}
	if err := e.DeleteKey(ctx, first); err != nil {
		t.Fatal(err)
	}
	if k := e.Keys(); len(k) != 1 || k[0].Name != "Home" {
		t.Errorf("keys %+v", k)
	}
}

func TestAnotherPassphraseKeepsWhatIsRemembered(t *testing.T) {
	ctx, e := context.Background(), unlocked(t)
	e.Remember("drafts", "a letter")
	if err := e.ChangePassphrase(ctx, secret.Take([]byte("wrong")), secret.Take([]byte("new"))); fault.Of(err) != fault.WrongPassphrase {
		t.Fatalf("a wrong passphrase answered %v", err)
	}
	if err := e.ChangePassphrase(ctx, pass(), secret.Take([]byte("new"))); err != nil {
		t.Fatal(err)
	}
	e.Lock()
	if err := e.Unlock(ctx, pass()); fault.Of(err) != fault.WrongPassphrase {
		t.Fatalf("the old one answered %v", err)
	}
	if err := e.Unlock(ctx, secret.Take([]byte("new"))); err != nil {
		t.Fatal(err)
	}
	var draft string
	if !e.Recall("drafts", &draft) || draft != "a letter" || e.StateProblem() != nil {
		t.Errorf("%q, %v", draft, e.StateProblem())
	}
}

func TestUseIsNoted(t *testing.T) {
	ctx, e := context.Background(), unlocked(t)
	taken(t, e, cardOf(t, "Bo"))
	path := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(path, []byte("Dear Bo"), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := e.Plan(ctx, []string{path})
	if err != nil {
		t.Fatal(err)
	}
	people, err := e.Find([]string{"me", "Bo"})
	if err != nil {
		t.Fatal(err)
	}
	to, err := Audience(people, false)
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Encrypt(plan, batch.EncryptOptions{To: to})
	finished(t, j, err, job.Done)
	e.Lock()
	if len(e.LastUsed()) != 0 {
		t.Error("locked, it tells who was written to")
	}
	if err := e.Unlock(ctx, pass()); err != nil {
		t.Fatal(err)
	}
	if used := e.LastUsed(); used[e.Keys()[0].ID].IsZero() || used[e.Contacts()[0].ID()].IsZero() {
		t.Errorf("used: %v", used)
	}
}
