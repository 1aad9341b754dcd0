package escrow

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

const (
	depositFamily = "# CryptoDesk deposit v"
	depositTitle  = depositFamily + "1"
	depositHint   = "# A standard age identity file. Without CryptoDesk: age -d -i KEYS THIS-FILE > keys; age -d -i keys FILE.age"
	keyringFamily = "# CryptoDesk keyring v"
	cardMark      = "# card: "

	maxForm = 64 << 10 // bytes
	maxSaid = 300      // bytes of a line of text
	maxNote = 20       // lines
	maxText = 16 << 20 // bytes of a whole deposit or release, what age reads of an identity file
)

// Form is what stands at the top of a deposit, and is not secret from the
// depositary. Nobody vouches for it but that the private key of Depositor's
// card was in the deposit.
type Form struct {
	Depositor  identity.Contact // by their card
	Depositary string           // as the depositor calls them
	Date       time.Time        // UTC, whole seconds
	Words      []string         // the safety words of both; nil when the depositary's card has no signing key
	Note       []string         // what the depositor wants to be asked, in their own words
	Check      []string         // what to see to before releasing, for who reads it without CryptoDesk
}

// marshal is the form with the card as text, each line a comment.
func (f Form) marshal(card []byte) []byte {
	lines := []string{depositTitle, depositHint, "# depositor: " + f.Depositor.Name, "# depositary: " + f.Depositary,
		"# date: " + f.Date.UTC().Format(time.RFC3339)}
	if len(f.Words) > 0 {
		lines = append(lines, "# safety words: "+strings.Join(f.Words, " "))
	}
	for _, line := range f.Check {
		lines = append(lines, "# check: "+line)
	}
	for _, line := range f.Note {
		lines = append(lines, "# note: "+line)
	}
	for line := range strings.Lines(string(card)) {
		lines = append(lines, cardMark+strings.TrimSpace(line))
	}
	return []byte(strings.Join(lines, "\n") + "\n\n")
}

// parseForm reads the lines of a form. Comments that it does not know are a
// later version's, or a person's.
func parseForm(lines []string) (f Form, err error) {
	damaged := fault.New(fault.DepositDamaged, "", nil)
	switch {
	case len(lines) == 0 || !strings.HasPrefix(lines[0], depositFamily):
		return f, damaged
	case lines[0] != depositTitle:
		return f, fault.New(fault.TooNew, "", nil)
	}
	var card strings.Builder
	named := ""
	for _, line := range lines[1:] {
		field, value, _ := strings.Cut(strings.TrimPrefix(line, "# "), ": ")
		ok := true
		switch field {
		case "depositor":
			named, ok = value, named == ""
		case "depositary":
			f.Depositary, ok = value, f.Depositary == ""
		case "date":
			ok = f.Date.IsZero() && readDate(&f.Date, value)
		case "safety words":
			f.Words, ok = strings.Fields(value), f.Words == nil
		case "check":
			f.Check = append(f.Check, value)
		case "note":
			f.Note = append(f.Note, value)
		case "card":
			card.WriteString(value + "\n")
		}
		if !ok {
			return f, damaged
		}
	}
	if f.Depositor, err = identity.ParseCard([]byte(card.String())); err != nil {
		if fault.Of(err) == fault.CardForged {
			return f, fault.New(fault.DepositForged, named, err)
		}
		return f, fault.New(fault.DepositDamaged, "", err)
	}
	if f.Depositor.Name != named || !isName(f.Depositary) || f.Date.IsZero() || !saidAlready(f.Note) || !saidAlready(f.Check) || !spelled(f.Words) {
		return f, damaged
	}
	return f, nil
}

func isName(s string) bool {
	name, err := identity.CleanName(s)
	return err == nil && name == s
}

func spelled(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return strings.ContainsFunc(w, func(r rune) bool { return r < 'a' || r > 'z' }) }) && len(words) <= 24
}

// Said is text as the lines of a form: nothing in it that does not show, blank
// lines left out. Errors: TooLarge (300 bytes a line, 20 lines).
func Said(text string) (lines []string, err error) {
	for line := range strings.Lines(text) {
		line = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(line, ""), unseen), " ")
		if line == "" {
			continue
		}
		if len(line) > maxSaid || len(lines) == maxNote {
			return nil, fault.New(fault.TooLarge, "", nil)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// unseen also takes what makes text look like something else than it is. The
// zero-width joiner stays, which emoji and several scripts need.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || r != '\u200c' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

func saidAlready(lines []string) bool {
	same, err := Said(strings.Join(lines, "\n"))
	return err == nil && slices.Equal(same, lines)
}

// comments are the lines of plain, guarded bytes, from at up to the one that
// begins with next, and where that one is. Only comments may stand there: any
// other line could be a key, and becomes no string.
func comments(plain []byte, at int, next string) (lines []string, end int, ok bool) {
	secret.Do(func() {
		for end = at; end < len(plain) && end < at+maxForm && len(lines) <= maxLines; {
			line, _, _ := bytes.Cut(plain[end:min(len(plain), at+maxForm)], []byte("\n"))
			size := len(line) + 1
			line = bytes.TrimSpace(line)
			switch {
			case bytes.HasPrefix(line, []byte(next)):
				ok = true
				return
			case len(line) > 0 && line[0] != '#':
				return
			case len(line) > 0:
				lines = append(lines, string(line))
			}
			end += size
		}
	})
	return lines, end, ok
}

// open reads the deposit in plain from at on: its form, and where the text of
// the keyring begins. Errors: DepositDamaged, DepositForged, TooNew.
func open(plain *secret.Buffer, at int) (f Form, begins int, err error) {
	lines, begins, ok := comments(plain.Bytes(), at, keyringFamily)
	if !ok {
		return f, 0, fault.New(fault.DepositDamaged, "", nil)
	}
	if f, err = parseForm(lines); err != nil {
		return f, 0, err
	}
	return f, begins, f.held(plain)
}

// Below is a copy of the keyring in plain, the text of a deposit or a release;
// nil if it is neither. The caller destroys it.
func Below(plain *secret.Buffer) *secret.Buffer {
	if sort := SortOf(plain.Bytes()); sort != DepositFile && sort != ReleaseFile {
		return nil
	}
	_, at, ok := comments(plain.Bytes(), 0, keyringFamily)
	if !ok {
		return nil
	}
	return from(plain, at)
}

func from(plain *secret.Buffer, at int) *secret.Buffer {
	text := secret.New(plain.Len() - at)
	secret.Copy(text.Bytes(), plain.Bytes()[at:])
	return text
}

// held says whether the private key of the depositor's card is in the deposit.
// Anybody can encrypt to the depositary, and name whom they like.
func (f Form) held(plain *secret.Buffer) error {
	keys, err := identity.ParseIdentityFile(plain)
	if err != nil {
		return fault.New(fault.DepositDamaged, "", err)
	}
	found := false
	for _, k := range keys {
		p := k.Public()
		found = found || p.Recipient == f.Depositor.Recipient && p.Classic == f.Depositor.Classic && bytes.Equal(p.Signing, f.Depositor.Signing)
		k.Destroy()
	}
	if !found {
		return fault.New(fault.DepositForged, f.Depositor.Name, nil)
	}
	return nil
}
