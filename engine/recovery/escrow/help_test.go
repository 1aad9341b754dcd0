package escrow

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/keyring/witness"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

var (
	ctx = context.Background()
	day = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func guard(text string) *secret.Buffer { return secret.Take([]byte(text)) }

func wants(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if fault.Of(err) != kind {
		t.Errorf("%s: %v, want %q", what, err, kind)
	}
}

// person is a profile: somebody's keyring.
type person struct {
	name string
	dir  string
	ring *keyring.Keyring
}

var store = safefile.New("")

// newPerson makes a profile with one key pair, which costs a second (scrypt).
func newPerson(t testing.TB, name string, keys ...*identity.KeyPair) *person {
	t.Helper()
	p := makePerson(t.TempDir(), name, keys...)
	t.Cleanup(p.ring.Close)
	return p
}

func makePerson(dir, name string, keys ...*identity.KeyPair) *person {
	if keys == nil {
		keys = append(keys, must(identity.New(name)))
	}
	pass := guard("correct horse")
	defer pass.Destroy()
	return &person{name, dir, must(keyring.Create(ctx, store, filepath.Join(dir, "keyring.age"), pass, keys...))}
}

// card is the contact that others have of p, verified.
func (p *person) card() identity.Contact {
	c := must(identity.ParseCard(must(identity.MarshalCard(p.ring.Keys()[0]))))
	c.Verified = true
	return c
}

func (p *person) path(name string) string { return filepath.Join(p.dir, name) }

// keys are all of p's, for one call.
func (p *person) keys(t testing.TB) *identity.Opened {
	t.Helper()
	o := must(identity.Open(p.ring.Keys()...))
	t.Cleanup(o.Close)
	return o
}

// text is the plaintext of a file that p can open.
func (p *person) text(t testing.TB, path string) string {
	t.Helper()
	b := must(agefile.OpenBytes(ctx, must(os.ReadFile(path)), p.keys(t).Identities(), maxText))
	defer b.Destroy()
	return string(b.Bytes())
}

// encrypt is a file for one key.
func encrypt(t testing.TB, to identity.Recipient, text string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := must(age.Encrypt(&file, must(to.Age(nil))))
	must(w.Write([]byte(text)))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// desk is what most tests need: Ana's deposit with Ben, and her request from a
// new profile.
type desk struct {
	old, ben, fresh *person
	deposit         string
	request         string
	code            []string
}

// people are the profiles of every desk.
var people = sync.OnceValue(func() desk {
	dir := must(os.MkdirTemp("", "escrow-"))
	in := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			panic(err)
		}
		return path
	}
	return desk{old: makePerson(in("old"), "Ana"), ben: makePerson(in("ben"), "Ben"), fresh: makePerson(in("new"), "Ana")}
})

func TestMain(m *testing.M) {
	code := witness.Run(m)
	os.RemoveAll(filepath.Dir(people().old.dir))
	os.Exit(code)
}

// newDesk makes a deposit and a request; the people are the same for all tests.
func newDesk(t testing.TB) *desk {
	t.Helper()
	d, dir := people(), t.TempDir()
	d.deposit, d.request = filepath.Join(dir, "Ana.deposit.age"), filepath.Join(dir, "Ana.request.txt")
	if err := Deposit(ctx, store, d.old.ring, d.ben.card(), d.deposit, Terms{Note: "Ask me about the red bicycle."}, day); err != nil {
		t.Fatal(err)
	}
	d.code = must(Ask(ctx, store, d.fresh.ring, d.request, day))
	return &d
}

// log is what p's log says of the request.
func (d *desk) log(p *person) (entries []Entry) {
	id := must(ParseRequest(must(os.ReadFile(d.request)))).ID
	for _, e := range Log(p.ring) {
		if e.Request == id {
			entries = append(entries, e)
		}
	}
	return entries
}

// at is a path beside the deposit.
func (d *desk) at(name string) string { return filepath.Join(filepath.Dir(d.deposit), name) }

func (d *desk) read(t testing.TB, now time.Time) (*Case, error) {
	t.Helper()
	return ReadCase(ctx, d.ben.keys(t), d.ben.ring, d.deposit, d.request, now)
}

func (d *desk) release(t testing.TB, c *Case, typed, name string, now time.Time) ([]string, error) {
	t.Helper()
	return Release(ctx, store, d.ben.keys(t), d.ben.ring, c, typed, "Ben", d.at(name), now)
}

func (d *desk) takeIn(t testing.TB, name string, now time.Time, answer ...string) (*Return, error) {
	t.Helper()
	return TakeIn(ctx, must(os.ReadFile(d.at(name))), d.fresh.keys(t), d.fresh.ring, now, says(answer...))
}

// says answers one after the other, then gives up.
func says(answers ...string) AskWords {
	return func(string, bool) (*secret.Buffer, error) {
		if len(answers) == 0 {
			return nil, fault.New(fault.Cancelled, "", nil)
		}
		b := guard(answers[0])
		answers = answers[1:]
		return b, nil
	}
}

// otherThan are four words that are not those.
func otherThan(words []string) string {
	other := identity.Spoken([]byte{1, 2, 3, 4, 5, 6}, codeWords)
	if strings.Join(other, " ") == strings.Join(words, " ") {
		panic("2^-44")
	}
	return strings.Join(other, " ")
}

// fixedRoot is a key that means nothing to anybody.
const fixedRoot = "2UERM6CNG665J8ESFQGJRKHRZWMGDPQTNP3AHFYLGPHT729U505S4QPM96"

var fixed = sync.OnceValue(func() *identity.KeyPair {
	text := guard("# name: Ana\n# created: 2026-11-20T08:00:00Z\nAGE-SECRET-KEY-PQ-1" + fixedRoot + "\n")
	defer text.Destroy()
	return must(identity.ParseIdentityFile(text))[0]
})
