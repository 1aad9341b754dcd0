package escrow

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// Ana leaves everything with Ben, loses it, asks from a new profile, and has it
// back.
func TestStory(t *testing.T) {
	d := newDesk(t)
	if info := must(os.Stat(d.deposit)); info.Mode().Perm() != 0o600 {
		t.Errorf("the deposit is %v", info.Mode())
	}
	if deposits := d.log(d.old); len(deposits) != 0 {
		t.Errorf("a deposit is no release: %v", deposits)
	}
	left := must(d.old.ring.Text())
	defer left.Destroy()
	file := encrypt(t, d.old.ring.Keys()[0].Public().Recipient, "holiday")

	c, err := d.read(t, day.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := d.old.ring.Keys()[0].Public(), d.fresh.ring.Keys()[0].Public()
	words := identity.SafetyWords(d.ben.ring.Keys()[0].Public(), d.old.card())
	if c.Depositor.Name != "Ana" || c.Depositor.Recipient != old.Recipient || c.Depositary != "Ben" || !c.Date.Equal(day) ||
		c.Request.Who.Recipient != fresh.Recipient || !c.Request.Date.Equal(day) || !c.SameName() || c.Known.Name != "" || c.Left != Tries ||
		!slices.Equal(c.Words, words) || !slices.Equal(c.Note, []string{"Ask me about the red bicycle."}) {
		t.Errorf("Ben sees %+v", c)
	}
	eva := d.fresh.card()
	eva.Name = "Eva"
	if err := d.ben.ring.AddContact(d.old.card(), eva); err != nil {
		t.Fatal(err)
	}
	if c, err = d.read(t, day.Add(time.Hour)); err != nil || !c.Known.Verified || c.Asker.Name != "Eva" {
		t.Errorf("Ben knows Ana: %v, %v", c, err)
	}
	answer, err := d.release(t, c, "  "+strings.ToUpper(strings.Join(d.code, ", "))+".", "Ana.release.age", day.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	log := d.log(d.ben)
	if len(log) != 1 || log[0].Kind != Released || log[0].Name != "Ana" || log[0].Old != old.Fingerprint || log[0].New != fresh.Fingerprint ||
		!log[0].At.Equal(day.Add(time.Hour)) || !log[0].Asked.Equal(day) || !log[0].Deposited.Equal(day) || !slices.Equal(log[0].Words, answer) {
		t.Errorf("Ben's log: %+v", log)
	}

	r, err := d.takeIn(t, "Ana.release.age", day.Add(2*time.Hour), strings.Join(answer, " "))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.By != "Ben" || r.Depositor.Recipient != old.Recipient || !bytes.Equal(r.Text(), left.Bytes()) {
		t.Error("what came back is not what was left")
	}
	text := secret.New(len(r.Text()))
	defer text.Destroy()
	copy(text.Bytes(), r.Text())
	keys := must(identity.Open(must(identity.ParseIdentityFile(text))...))
	defer keys.Close()
	if plain, err := age.Decrypt(bytes.NewReader(file), keys.Identities()...); err != nil || !strings.HasPrefix(string(must(readAll(plain))), "holiday") {
		t.Errorf("the file does not open: %v", err)
	}
	if err := r.Taken(d.fresh.ring, day.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	log = d.log(d.fresh)
	if len(log) != 2 || log[0].Kind != Restored || log[0].Name != "Ben" || log[1].Kind != Requested || !slices.Equal(log[1].Words, d.code) {
		t.Errorf("Ana's log: %+v", log)
	}
	wants(t, "noted again", r.Taken(d.fresh.ring, day), fault.ReleaseUsed)
}

// The log is in the keyring, sealed with it: on disk there is nothing to read.
func TestLogIsSealed(t *testing.T) {
	d := newDesk(t)
	for _, line := range d.fresh.ring.Records("release") {
		raw := must(os.ReadFile(d.fresh.ring.Path()))
		if bytes.Contains(raw, []byte(line)) || bytes.Contains(raw, []byte("request")) {
			t.Error("the log is on disk in plain")
		}
	}
}

// What an older request led to does not keep newer ones out of a full log.
func TestLogMakesRoom(t *testing.T) {
	p := newPerson(t, "Ana")
	for i := range 3 {
		if _, err := Ask(ctx, store, p.ring, p.path(string(rune('a'+i))), day); err != nil {
			t.Fatal(err)
		}
	}
	many := p.ring.Records("release")
	foreign := `{"kind":"later","request":"x"}`
	if err := p.ring.ChangeRecords("release", func([]string) ([]string, error) {
		all := []string{foreign}
		for len(all) < 1000 {
			all = append(all, many...)
		}
		return all[:1000], nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := Ask(ctx, store, p.ring, p.path("late"), day.Add(Patience+time.Second)); err != nil {
		t.Fatal(err)
	}
	if got := p.ring.Records("release"); len(got) != 2 || got[0] != foreign {
		t.Errorf("%d records", len(got))
	}
	if log := Log(p.ring); len(log) != 1 {
		t.Errorf("the log shows %d", len(log))
	}
}
