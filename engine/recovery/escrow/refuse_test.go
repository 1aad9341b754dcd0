package escrow

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/secret"
)

func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

func TestDepositRefuses(t *testing.T) {
	ana, ben := newPerson(t, "Ana"), newPerson(t, "Ben")
	to := ben.card()
	path := ana.path("Ana.deposit.age")
	try := func(c context.Context, to identity.Contact, terms Terms) error {
		return Deposit(c, store, ana.ring, to, path, terms, day)
	}
	unknown := to
	unknown.Verified = false
	wants(t, "not verified", try(ctx, unknown, Terms{}), fault.NotVerified)
	classic := to
	classic.Recipient, classic.Classic = to.Classic, identity.Recipient{}
	wants(t, "classic", try(ctx, classic, Terms{}), fault.NotPostQuantum)
	wants(t, "changed", try(ctx, to.Offer(classic), Terms{}), fault.ContactChanged)
	wants(t, "a long note", try(ctx, to, Terms{Note: strings.Repeat("x", maxSaid+1)}), fault.TooLarge)
	wants(t, "many lines", try(ctx, to, Terms{Check: strings.Repeat("x\n", maxNote+1)}), fault.TooLarge)
	over, cancel := context.WithCancel(ctx)
	cancel()
	wants(t, "cancelled", try(over, to, Terms{}), fault.Cancelled)
	if entries := must(os.ReadDir(ana.dir)); len(entries) != 1+1 { // the keyring and its lock
		t.Errorf("left behind: %v", entries)
	}
	if err := try(ctx, unknown, Terms{Unverified: true}); err != nil {
		t.Fatal(err)
	}
	wants(t, "a name that is taken", try(ctx, to, Terms{}), fault.Exists)
	path = ana.path("classic.deposit.age")
	if err := try(ctx, classic, Terms{Classic: true}); err != nil {
		t.Fatal(err)
	}
	ana.ring.Close()
	path = ana.path("late.deposit.age")
	wants(t, "locked", try(ctx, to, Terms{}), fault.Locked)
	_, err := Ask(ctx, store, ana.ring, path, day)
	wants(t, "locked", err, fault.Locked)
}

// Only a post-quantum key may ask, and only a key with a card may deposit.
func TestClassicOnly(t *testing.T) {
	p := newPerson(t, "Ana", must(identity.NewClassic("Ana")))
	_, err := Ask(ctx, store, p.ring, p.path("r.txt"), day)
	wants(t, "a classic key asks", err, fault.KeyMissing)
	text := must(marshalRequest(p.ring.Keys()[0], strings.Repeat("0", 32), day))
	_, err = ParseRequest(text)
	wants(t, "a classic key asked", err, fault.NotPostQuantum)
	ben := newPerson(t, "Ben")
	if err := Deposit(ctx, store, p.ring, ben.card(), p.path("d.deposit.age"), Terms{}, day); err != nil {
		t.Fatal(err)
	}
	if form := ben.text(t, p.path("d.deposit.age")); !strings.Contains(form, "# card: age1") {
		t.Errorf("the form is %s", form)
	}
}

func TestCaseRefuses(t *testing.T) {
	d := newDesk(t)
	keep := must(os.ReadFile(d.request))
	put := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(d.request, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(what string, now time.Time, kind fault.Kind) {
		t.Helper()
		_, err := d.read(t, now)
		wants(t, what, err, kind)
		if f := fault.As(err); f != nil && f.Subject != d.request && f.Subject != d.deposit {
			t.Errorf("%s: the subject is %q", what, f.Subject)
		}
	}
	read("on time", day.Add(Valid), "")
	read("within the slack", day.Add(-Slack), "")
	read("stale", day.Add(Valid+time.Second), fault.RequestStale)
	read("from the future", day.Add(-Slack-time.Second), fault.RequestFuture)

	for from, to := range map[string]string{
		"# date: 2026-11-26": "# date: 2026-11-29", "# id: ": "# id: 0", "# name: Ana": "# name: Eva", "age1pq1": "age1pq1q",
		"# request signature: ": "# note: x\n# request signature: ", "release request v1": "release request v2",
		"# CryptoDesk contact card v1": "# id: " + strings.Repeat("0", 32) + "\n# CryptoDesk contact card v1",
	} {
		put(bytes.Replace(keep, []byte(from), []byte(to), 1))
		_, err := d.read(t, day)
		switch fault.Of(err) {
		case fault.RequestDamaged, fault.RequestForged:
		case fault.TooNew:
			if !strings.HasSuffix(to, "v2") {
				t.Errorf("%q: %v", to, err)
			}
		default:
			t.Errorf("%q in place of %q: %v", to, from, err)
		}
	}
	put(bytes.Replace(keep, []byte("# date: 2026-11-26"), []byte("# date: 2026-11-27"), 1))
	read("another date", day, fault.RequestForged)
	put(keep[:len(keep)-20])
	read("cut off", day, fault.RequestDamaged)
	put(bytes.Repeat([]byte("# x\n"), maxRequest))
	read("a large one", day, fault.RequestDamaged)
	put(nil)
	read("an empty one", day, fault.RequestDamaged)
	put([]byte("\xef\xbb\xbf\r\n" + strings.ReplaceAll(string(keep), "\n", " \r\n\r\n")))
	read("mailed", day, "")
	put(keep)

	raw := must(os.ReadFile(d.deposit))
	for what, c := range map[string]struct {
		raw  []byte
		kind fault.Kind
	}{
		"not encrypted":      {[]byte("hello"), fault.NotEncrypted},
		"for somebody else":  {encrypt(t, d.old.ring.Keys()[0].Public().Recipient, "x"), fault.NoKey},
		"something else":     {encrypt(t, d.ben.ring.Keys()[0].Public().Recipient, "hello"), fault.DepositDamaged},
		"a request":          {keep, fault.NotEncrypted},
		"cut off":            {raw[:len(raw)-1], fault.PayloadDamaged},
		"an empty keyring":   {encrypt(t, d.ben.ring.Keys()[0].Public().Recipient, depositTitle+"\n"+keyringFamily+"1\n"), fault.DepositDamaged},
		"of a later version": {encrypt(t, d.ben.ring.Keys()[0].Public().Recipient, depositFamily+"2\n"+keyringFamily+"1\n"), fault.TooNew},
	} {
		if err := os.WriteFile(d.deposit, c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		read(what, day, c.kind)
	}
}

// Anybody can encrypt to Ben and name Ana. Without her private key in it, it is
// not hers.
func TestForgedDeposit(t *testing.T) {
	d := newDesk(t)
	ana := d.ben.text(t, d.deposit)
	top, _, _ := strings.Cut(ana, keyringFamily)
	eve := must(d.fresh.ring.Text())
	defer eve.Destroy()
	ben := d.ben.ring.Keys()[0].Public().Recipient
	for what, c := range map[string]struct {
		text string
		kind fault.Kind
	}{
		"keys of somebody else":     {top + string(eve.Bytes()), fault.DepositForged},
		"another name on the card":  {strings.ReplaceAll(ana, "name: Ana", "name: Eva"), fault.DepositForged},
		"another name on the form":  {strings.Replace(ana, "# depositor: Ana", "# depositor: Eva", 1), fault.DepositDamaged},
		"a key in the form":         {strings.Replace(ana, "# note", "AGE-SECRET-KEY-1\n# note", 1), fault.DepositDamaged},
		"two dates":                 {strings.Replace(ana, "# date", "# date: 2026-11-26T08:00:00Z\n# date", 1), fault.DepositDamaged},
		"a note that turns text":    {strings.Replace(ana, "red", "\u202ered", 1), fault.DepositDamaged},
		"a key that is not right":   {strings.Replace(ana, "\nAGE-SECRET-KEY-PQ-1", "\nAGE-SECRET-KEY-PQ-1Q", 1), fault.DepositDamaged},
		"lines of a later version":  {strings.Replace(ana, "# note", "# later: x\n# note", 1), ""},
		"no keyring":                {top, fault.DepositDamaged},
		"a form that does not end":  {top[:len(top)-1] + strings.Repeat("# x\n", maxForm) + "# CryptoDesk keyring v1\n", fault.DepositDamaged},
		"words that are no letters": {strings.Replace(ana, "# safety words: ", "# safety words: <b> ", 1), fault.DepositDamaged},
	} {
		if err := os.WriteFile(d.deposit, encrypt(t, ben, c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := d.read(t, day)
		wants(t, what, err, c.kind)
	}
}

// Three wrong codes are the end of a request, whoever starts the program again
// in between. What is not four words costs nothing.
func TestWrongCodes(t *testing.T) {
	d := newDesk(t)
	wrong := otherThan(d.code)
	for i := range Tries {
		c := must(d.read(t, day)) // as after a restart
		if c.Left != Tries-i {
			t.Errorf("%d tries left", c.Left)
		}
		for _, typed := range []string{"", "one two", strings.Join(d.code[:3], " ") + " xylophone", strings.Join(d.code, " ") + " zoo"} {
			_, err := d.release(t, c, typed, "x.release.age", day)
			wants(t, typed, err, fault.BadCode)
		}
		want := fault.WrongCode
		if i == Tries-1 {
			want = fault.CodeSpent
		}
		_, err := d.release(t, c, wrong, "x.release.age", day)
		wants(t, "wrong", err, want)
		if c.Left != Tries-i-1 {
			t.Errorf("%d tries left after it", c.Left)
		}
	}
	_, err := d.read(t, day)
	wants(t, "afterwards", err, fault.CodeSpent)
	log := d.log(d.ben)
	if len(log) != 1 || log[0].Kind != Refused || log[0].Wrong != Tries || log[0].Name != "Ana" {
		t.Errorf("the log is %+v", log)
	}
	if _, err := os.Stat(d.at("x.release.age")); !os.IsNotExist(err) {
		t.Error("something was released")
	}
}

// A case that lay open while things changed is judged by how they are now.
func TestCaseThatLayOpen(t *testing.T) {
	d := newDesk(t)
	code := strings.Join(d.code, " ")
	first, second := must(d.read(t, day)), must(d.read(t, day))
	_, err := d.release(t, first, code, "late.release.age", day.Add(Valid+time.Second))
	wants(t, "a week later", err, fault.RequestStale)
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err = Release(over, store, d.ben.keys(t), d.ben.ring, first, code, "Ben", d.at("x.release.age"), day)
	wants(t, "cancelled", err, fault.Cancelled)
	gone := must(identity.Open(d.ben.ring.Keys()...))
	gone.Close()
	_, err = Release(ctx, store, gone, d.ben.ring, first, code, "Ben", d.at("x.release.age"), day)
	wants(t, "locked", err, fault.Locked)
	if log := d.log(d.ben); len(log) != 0 {
		t.Errorf("the log is %+v", log)
	}
	if _, err := d.release(t, first, code, "x.release.age", day); err != nil {
		t.Fatal(err)
	}
	_, err = d.release(t, second, code, "y.release.age", day)
	wants(t, "the other window", err, fault.RequestUsed)
	_, err = d.read(t, day)
	wants(t, "replayed", err, fault.RequestUsed)
	_, err = d.release(t, second, code, "x.release.age", day)
	wants(t, "a name that is taken", err, fault.Exists)
}

// Two programs with one keyring release once: the slower one finds out from the
// disk, and leaves no file.
func TestTwoProgramsReleaseOnce(t *testing.T) {
	d := newDesk(t)
	code := strings.Join(d.code, " ")
	pass := guard("correct horse")
	defer pass.Destroy()
	other := must(keyring.Open(ctx, store, d.ben.ring.Path(), pass))
	defer other.Close()
	slow := must(d.read(t, day))
	fast := must(ReadCase(ctx, d.ben.keys(t), other, d.deposit, d.request, day))
	must(Release(ctx, store, d.ben.keys(t), other, fast, code, "Ben", d.at("fast"), day))
	_, err := d.release(t, slow, code, "slow", day)
	wants(t, "the slower one", err, fault.RequestUsed)
	if _, err := os.Stat(d.at("slow")); !os.IsNotExist(err) {
		t.Error("released twice")
	}
	if log := d.log(d.ben); len(log) != 1 {
		t.Errorf("the log is %+v", log)
	}
}

func TestTakeInRefuses(t *testing.T) {
	d := newDesk(t)
	made := func(name, top, below string) {
		t.Helper()
		raw := encrypt(t, d.fresh.ring.Keys()[0].Public().Recipient, top+below)
		if err := os.WriteFile(d.at(name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := must(d.read(t, day))
	answer := strings.Join(must(d.release(t, c, strings.Join(d.code, " "), "r", day)), " ")
	deposit := d.ben.text(t, d.deposit)
	top := string(marshalTop(c.Request.ID, "Ben", day))
	made("stranger", string(marshalTop(strings.Repeat("ab", 16), "Ben", day)), deposit)
	made("early", string(marshalTop(c.Request.ID, "Ben", day.Add(-Slack-time.Second))), deposit)
	made("late", string(marshalTop(c.Request.ID, "Ben", day.Add(Valid+Slack+time.Second))), deposit)
	made("newer", strings.Replace(top, "release v1", "release v2", 1), deposit)
	made("empty", top, "")
	made("nameless", strings.Replace(top, "by: Ben", "by: ", 1), deposit)
	made("twice", top+"# request: "+c.Request.ID+"\n", deposit)
	made("key on top", top+"AGE-SECRET-KEY-1\n", deposit)
	made("broken inside", top, strings.Replace(deposit, "# card", "# cart", 1))
	made("forged inside", top, strings.ReplaceAll(deposit, "name: Ana", "name: Eva"))
	made("deposit", "", deposit)
	for name, kind := range map[string]fault.Kind{
		"stranger": fault.ReleaseForeign, "early": fault.ReleaseStale, "late": fault.ReleaseStale, "newer": fault.TooNew, "empty": fault.ReleaseDamaged,
		"nameless": fault.ReleaseDamaged, "twice": fault.ReleaseDamaged, "key on top": fault.ReleaseDamaged, "broken inside": fault.ReleaseDamaged,
		"forged inside": fault.DepositForged, "deposit": fault.ReleaseDamaged,
	} {
		_, err := d.takeIn(t, name, day.Add(10*24*time.Hour), answer)
		wants(t, name, err, kind)
	}
	_, err := d.takeIn(t, "r", day.Add(-Slack-time.Second), answer)
	wants(t, "the clock set back", err, fault.ReleaseFuture)
	_, err = d.takeIn(t, "r", day.Add(Patience+time.Second), answer)
	wants(t, "long over", err, fault.ReleaseStale)
	_, err = d.takeIn(t, "r", day, "one", otherThan(d.code), "three")
	wants(t, "three wrong answers", err, fault.WrongCode)
	_, err = d.takeIn(t, "r", day, otherThan(d.code))
	wants(t, "given up", err, fault.Cancelled)
	_, err = TakeIn(ctx, must(os.ReadFile(d.at("r"))), d.fresh.keys(t), d.fresh.ring, day, nil)
	wants(t, "nobody to ask", err, fault.NeedPassphrase)
	_, err = TakeIn(ctx, must(os.ReadFile(d.at("r"))), d.old.keys(t), d.old.ring, day, says(answer))
	wants(t, "another profile", err, fault.NoKey)
	// Eve saw the request, and makes a release of her own.
	eve := strings.Replace(deposit, "Ask me", "Ask us", 1)
	made("eve", top, eve)
	_, err = d.takeIn(t, "eve", day, answer, answer, answer)
	wants(t, "what Eve released, with what Ben reads out", err, fault.WrongCode)
	r, err := d.takeIn(t, "r", day, "what?", answer)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Taken(d.fresh.ring, day); err != nil {
		t.Fatal(err)
	}
	_, err = d.takeIn(t, "r", day, answer)
	wants(t, "taken in before", err, fault.ReleaseUsed)
}

// A keyring near its bound leaves no room for a form.
func TestTooLarge(t *testing.T) {
	below := secret.New(maxText)
	defer below.Destroy()
	_, err := join([]byte("# x\n"), below)
	wants(t, "too much", err, fault.TooLarge)
	_, err = TakeIn(ctx, make([]byte, maxRaw+1), nil, nil, day, nil)
	wants(t, "too much", err, fault.TooLarge)
	d := newPerson(t, "Ben")
	huge := d.path("huge")
	f := must(os.Create(huge))
	if err := f.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	f.Close()
	request := d.path("r.txt")
	must(Ask(ctx, store, d.ring, request, day))
	_, err = ReadCase(ctx, d.keys(t), d.ring, huge, request, day)
	wants(t, "1 GB", err, fault.TooLarge)
	_, err = ReadCase(ctx, d.keys(t), d.ring, huge, huge, day)
	wants(t, "1 GB", err, fault.RequestDamaged)
}
