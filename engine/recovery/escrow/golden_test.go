package escrow

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

var update = flag.Bool("update", false, "write the golden files anew")

func cardOf(k *identity.KeyPair) ([]byte, error) { return identity.MarshalCard(k) }

func contactOf(k *identity.KeyPair) identity.Contact {
	return must(identity.ParseCard(must(cardOf(k))))
}

// What files look like is a promise: these were written once, and are read and
// written the same for ever.
func TestGolden(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 2)
	request := must(marshalRequest(fixed(), id, day))
	golden(t, "request.txt", request)
	r := must(ParseRequest(request))
	golden(t, "code.txt", []byte(strings.Join(r.Code(), " ")+"\n"))
	golden(t, "answer.txt", []byte(strings.Join(spoken(answerLabel, []byte("release")), " ")+"\n"))

	form := Form{
		Depositor: contactOf(fixed()), Depositary: "Ben", Date: day, Words: strings.Fields("abandon ability able"),
		Note: []string{"자전거 색을 물어보세요."}, Check: []string{"Call the person.", "Hear the four words."},
	}
	text := must(fixed().MarshalIdentity())
	defer text.Destroy()
	keys := "# CryptoDesk keyring v1\n\n" + string(text.Bytes())
	deposit := string(form.marshal(must(cardOf(fixed())))) + keys
	golden(t, "deposit.txt", []byte(deposit))
	release := string(marshalTop(id, "Ben", day)) + deposit
	golden(t, "release.txt", []byte(release))

	plain := secret.Take([]byte(release))
	defer plain.Destroy()
	back := &Return{plain: plain}
	if err := back.read([]Entry{{Kind: Requested, Request: id, At: day}}, day); err != nil || back.By != "Ben" || string(back.Text()) != keys ||
		back.Note[0] != form.Note[0] || len(back.Check) != 2 || len(back.Words) != 3 || back.Depositary != "Ben" || !back.Date.Equal(day) {
		t.Errorf("%v, %+v", err, back.Form)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is\n%s\nwas\n%s", name, got, want)
	}
}

// The words of a code are words that are read out, and those of two requests
// differ.
func TestCode(t *testing.T) {
	one := must(ParseRequest(must(marshalRequest(fixed(), strings.Repeat("01", idSize), day)))).Code()
	two := must(ParseRequest(must(marshalRequest(fixed(), strings.Repeat("02", idSize), day)))).Code()
	same := 0
	for i := range one {
		if one[i] == two[i] {
			same++
		}
	}
	if len(one) != 4 || same > 1 {
		t.Errorf("%v and %v", one, two)
	}
}

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		" a\t b \r\n\n c\u200b d\u202e\xff": "a b|c d",
		"가 나":                               "가 나",
	} {
		lines := must(Said(text))
		if got := strings.Join(lines, "|"); got != want {
			t.Errorf("%q is said as %q", text, got)
		}
		if !saidAlready(lines) {
			t.Errorf("%q is not said already", lines)
		}
	}
}

func TestSorts(t *testing.T) {
	for name, want := range map[string]Sort{"Ana.deposit.age": DepositFile, "ANA (2).RELEASE.AGE": ReleaseFile, "a.age": None, "deposit.age.txt": None} {
		if got := Named(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	for text, want := range map[string]Sort{"\xef\xbb\xbf\n" + requestTitle: RequestFile, depositTitle: DepositFile, releaseFamily + "9": ReleaseFile,
		"x\n" + requestTitle: None, "": None} {
		if got := SortOf([]byte(text)); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func TestLook(t *testing.T) {
	d := newDesk(t)
	to := d.old.ring.Keys()[0].Public().Recipient
	for name, c := range map[string]struct {
		raw  []byte
		want Sort
	}{
		"a.deposit.age": {encrypt(t, to, "x"), DepositFile}, "a.age": {encrypt(t, to, "x"), DepositFile}, "a.release.age": {encrypt(t, to, "x"), ReleaseFile},
		"b.deposit.age": {[]byte("hello"), None}, "empty": {nil, None}, "request": {must(os.ReadFile(d.request)), RequestFile},
		"keyring.age": {must(os.ReadFile(d.old.ring.Path())), None}, "cut.deposit.age": {encrypt(t, to, "x")[:30], DepositFile},
	} {
		if err := os.WriteFile(d.at(name), c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Look(d.at(name)); got != c.want {
			t.Errorf("%s is %q, want %q", name, got, c.want)
		}
	}
	if got := Look(d.at("gone")) + Look(d.at(".")); got != None {
		t.Errorf("nothing is %q", got)
	}
}
