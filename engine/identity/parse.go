package identity

import (
	"bytes"
	"time"

	"cryptodesk/engine/fault"
)

// ParseContacts reads what holds public keys: a contact card, a public key, or
// a recipients file, whose keys become one contact each, named by the comment
// before or behind them, else by a number. A post-quantum key with a classic
// one behind it, and nothing else, is one contact, as in ParseContact. name,
// when not empty, is what the only or first one will be called. Text around
// them, as mails have it, is passed over. At most 16 MiB and 10,000 keys.
// Errors: CannotImport with the Material as subject, when all there is are
// keys of a sort that cannot be used; BadRecipient with the line as subject;
// NoRecipients, TooLarge, TooMany, NameMissing, BadName, and those of ParseCard.
func ParseContacts(name string, text []byte) ([]Contact, error) {
	if len(text) > maxFile {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	text, wide := narrow(text)
	defer wide.Destroy()
	var people []Contact
	var err error
	switch m := Recognise(text); {
	case m == Card:
		people, err = cards(text)
	case m.Private(), m != PublicKeys && !m.Importable() && m != Unknown:
		err = cannot(m)
	default:
		r := &reader{added: time.Now().UTC().Truncate(time.Second)}
		people, err = r.read(text)
	}
	if err != nil {
		return nil, err
	}
	if name != "" {
		if people[0].Name, err = CleanName(name); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// cards reads every card in a text.
func cards(text []byte) ([]Contact, error) {
	var people []Contact
	var card []byte
	inside := false
	for line := range bytes.Lines(trimBOM(text)) {
		line = bare(line)
		if bytes.HasPrefix(line, []byte(cardFamily)) {
			if inside {
				return nil, fault.New(fault.CardDamaged, "", nil)
			}
			inside, card = true, card[:0]
		}
		if !inside {
			continue
		}
		if card = append(append(card, line...), '\n'); len(card) > maxCard {
			return nil, fault.New(fault.CardDamaged, "", nil)
		}
		if !bytes.HasPrefix(line, []byte("# signature: ")) {
			continue
		}
		c, err := ParseCard(card)
		if err != nil {
			return nil, err
		}
		if len(people) == maxKeys {
			return nil, fault.New(fault.TooMany, "", nil)
		}
		inside, people = false, append(people, c)
	}
	if inside || len(people) == 0 {
		_, err := ParseCard(card) // TooNew, or damaged
		if err == nil {
			err = fault.New(fault.CardDamaged, "", nil)
		}
		return nil, err
	}
	return people, nil
}
