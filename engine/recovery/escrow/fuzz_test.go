package escrow

import (
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// FuzzParseRequest: what is read was signed by the key that it names, and
// reading never changes what it says.
func FuzzParseRequest(f *testing.F) {
	text := must(marshalRequest(fixed(), strings.Repeat("ab", idSize), day))
	f.Add(text)
	f.Add([]byte(strings.ReplaceAll(string(text), "\n", "\r\n\r\n")))
	f.Add([]byte(requestTitle + "\n# id: 00\n# date: 2026\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRequest(text)
		switch fault.Of(err) {
		case "":
		case fault.RequestDamaged, fault.RequestForged, fault.TooNew, fault.NotPostQuantum:
			return
		default:
			t.Fatal(err)
		}
		if len(r.ID) != 2*idSize || r.Date.IsZero() || r.Who.Name == "" || r.Who.Recipient != fixed().Public().Recipient {
			t.Errorf("read %+v", r)
		}
		again, err := ParseRequest(slices.Concat([]byte("\n \n"), text, []byte("\n\n")))
		if err != nil || again.signed != r.signed || again.ID != r.ID || !again.Date.Equal(r.Date) {
			t.Errorf("read again: %v", err)
		}
	})
}

// FuzzOpen: whatever stands in a deposit or release, it is read or refused, and
// what becomes a string is never a line that could be a key.
func FuzzOpen(f *testing.F) {
	card := must(cardOf(fixed()))
	form := Form{Depositor: contactOf(fixed()), Depositary: "Ben", Date: day, Words: []string{"abandon", "ability"}, Note: []string{"Ask me."}, Check: []string{"Call."}}
	deposit := string(form.marshal(card)) + keyringFamily + "1\nAGE-SECRET-KEY-PQ-1" + fixedRoot + "\n"
	f.Add([]byte(deposit))
	f.Add(append(marshalTop(strings.Repeat("ab", idSize), "Ben", day), deposit...))
	f.Add([]byte(depositTitle + "\nAGE-SECRET-KEY-PQ-1\n" + keyringFamily))
	f.Fuzz(func(t *testing.T, text []byte) {
		plain := secret.New(len(text))
		defer plain.Destroy()
		copy(plain.Bytes(), text)
		for _, next := range []string{keyringFamily, depositFamily} {
			lines, end, ok := comments(plain.Bytes(), 0, next)
			for _, line := range lines {
				if line[0] != '#' {
					t.Errorf("a line that is no comment became a string")
				}
			}
			if ok && !strings.HasPrefix(strings.TrimSpace(string(text[end:])), next) {
				t.Errorf("the next part does not begin at %d", end)
			}
			if _, err := parseTop(lines); err != nil && fault.Of(err) != fault.ReleaseDamaged && fault.Of(err) != fault.TooNew {
				t.Error(err)
			}
		}
		form, at, err := open(plain, 0)
		switch fault.Of(err) {
		case fault.DepositDamaged, fault.DepositForged, fault.TooNew:
		case "":
			if form.Depositor.Recipient != fixed().Public().Recipient || form.Date.IsZero() || !strings.HasPrefix(strings.TrimSpace(string(text[at:])), keyringFamily) {
				t.Errorf("read %+v", form)
			}
		default:
			t.Error(err)
		}
	})
}

// FuzzParseCode: what is read are four words of the list.
func FuzzParseCode(f *testing.F) {
	f.Add("abandon, ability ABLE\tabout")
	f.Add("zoo zoo zoo")
	f.Fuzz(func(t *testing.T, typed string) {
		words, err := ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := ParseCode(strings.Join(words, " ")); err != nil || len(words) != codeWords || !slices.Equal(again, words) {
			t.Errorf("%q became %q", typed, words)
		}
	})
}
