package identity

import (
	"testing"

	"cryptodesk/engine/fault"
)

func TestParseContactTakesCardsAndPublicKeys(t *testing.T) {
	ana, err := New("Ana")
	if err != nil {
		t.Fatal(err)
	}
	defer ana.Destroy()
	card, err := MarshalCard(ana)
	if err != nil {
		t.Fatal(err)
	}
	p := ana.Public()
	both := []byte(p.Classic.Text + "\n" + p.Recipient.Text + "\n")
	for _, c := range []struct {
		what, name string
		text       []byte
		want       string
		fault      fault.Kind
	}{
		{"card", "", card, "Ana", ""},
		{"card under another name", "Ana B.", card, "Ana B.", ""},
		{"key", "Bo", []byte(p.Recipient.Text), "Bo", ""},
		{"both keys", "Bo", both, "Bo", ""},
		{"key without a name", "", []byte(p.Recipient.Text), "", fault.NameMissing},
		{"two people's keys", "Bo", []byte(p.Recipient.Text + "\n" + p.Recipient.Text), "", fault.TooMany},
		{"a letter", "Bo", []byte("Dear Bo,"), "", fault.BadRecipient},
	} {
		got, err := ParseContact(c.name, c.text)
		if fault.Of(err) != c.fault || got.Name != c.want {
			t.Errorf("%s: %q, %v; want %q, %q", c.what, got.Name, err, c.want, c.fault)
		}
		if err == nil && got.Recipient != p.Recipient {
			t.Errorf("%s: recipient %v", c.what, got.Recipient)
		}
		if c.what == "both keys" && got.Classic != p.Classic {
			t.Errorf("both keys: classic %v", got.Classic)
		}
	}
}
