package keyring

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

const (
	maxPlain    = 16 << 20 // bytes, what age reads of an identity file
	maxKeys     = 10_000
	maxContacts = 10_000
)

const (
	titleFamily = "# CryptoDesk keyring v"
	title       = titleFamily + "1"
	hint        = "# A standard age identity file. Without CryptoDesk: age -d -i keyring.age FILE.age"
	sshTag      = "# ssh key: "
)

// parser reads the plaintext of a keyring line by line.
type parser struct {
	book  book
	meta  identity.Meta
	stray [][]byte // comment lines not known, waiting for what they stand before
	said  []byte   // the recipient in a comment, for a plugin's identity to take

	offers []offer // for the end, when all contacts are known
}

// parse reads the plaintext of a keyring, guarded bytes that stay the
// caller's. Runs inside secret.Do. Errors: KeyringDamaged with the line as
// cause, KeyringTooNew, TooLarge, TooMany.
func parse(text []byte) (*book, error) {
	if len(text) > maxPlain {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	p := &parser{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if err := p.line(bytes.Trim(line, " \t\r\n")); err != nil {
			p.book.destroy()
			if fault.Of(err) != fault.BadIdentity {
				return nil, err
			}
			return nil, fault.New(fault.KeyringDamaged, "line "+strconv.Itoa(number), nil)
		}
	}
	if p.said != nil {
		p.stray = append(p.stray, p.said)
	}
	p.placeOffers()
	p.keep("")
	keys := p.book.keys
	p.book.keys = nil
	p.book.forget(p.book.addKeys(keys))
	p.book.sortContacts()
	p.book.sortGroups()
	return &p.book, nil
}

func (p *parser) line(line []byte) error {
	switch {
	case len(line) == 0, string(line) == title, string(line) == hint:
		return nil
	case identity.IsPublicKeyComment(line):
		p.meta.Read(line) // a plugin's identity shows its recipient nowhere else
		return nil
	case bytes.HasPrefix(line, []byte(titleFamily)):
		return fault.New(fault.KeyringTooNew, "", nil)
	case bytes.HasPrefix(line, []byte(sshTag)) && p.sshKey(line[len(sshTag):]):
		return nil
	case bytes.HasPrefix(line, []byte(contactTag)) && p.contact(line[len(contactTag):]):
		return nil
	case bytes.HasPrefix(line, []byte(offerTag)) && p.offer(line):
		return nil
	case bytes.HasPrefix(line, []byte(groupTag)) && p.group(line[len(groupTag):]):
		return nil
	case line[0] == '#' && p.readMeta(line):
		return nil
	case bytes.HasPrefix(line, []byte("AGE-PLUGIN-")) && p.key(line) == nil:
		return nil
	case line[0] == '#', bytes.HasPrefix(line, []byte("AGE-PLUGIN-")):
		// What is not understood is kept: a later version's, or a person's.
		p.stray = append(p.stray, line)
		return nil
	}
	return p.key(line)
}

func (p *parser) readMeta(line []byte) bool {
	was := p.meta.Recipient
	known := p.meta.Read(line)
	if p.meta.Recipient != was {
		p.said = line
	}
	return known
}

// key reads a private key, and gives it the comments before it.
func (p *parser) key(text []byte) error {
	if len(p.book.keys) == 2*maxKeys { // each hybrid one brings its classic half
		return fault.New(fault.TooMany, "", nil)
	}
	key, err := identity.ReadKey(text, p.meta)
	if err != nil {
		return fault.New(fault.BadIdentity, "", nil)
	}
	if p.said != nil && key.Public().Kind != identity.Plugin {
		p.stray = append(p.stray, p.said) // somebody's note after all
	}
	p.meta, p.said = identity.Meta{}, nil
	p.book.keys = append(p.book.keys, key)
	p.keep(key.Public().ID)
	return nil
}

// keep puts the stray lines before the key pair with that ID.
func (p *parser) keep(before string) {
	size := 0
	for _, line := range p.stray {
		size += len(line) + 1
	}
	if size == 0 {
		return
	}
	lines := secret.New(size)
	to := lines.Bytes()[:0]
	for _, line := range p.stray {
		to = append(append(to, line...), '\n')
	}
	p.book.kept = append(p.book.kept, kept{before, lines})
	p.stray = nil
}

// sshKey reads base64 of an OpenSSH key; a line that is not stays a comment.
func (p *parser) sshKey(line []byte) bool {
	text := secret.New(base64.StdEncoding.DecodedLen(len(line)))
	defer text.Destroy()
	n, err := base64.StdEncoding.Decode(text.Bytes(), line)
	return err == nil && p.key(text.Bytes()[:n]) == nil
}

// marshal is the plaintext of the keyring in guarded memory. Errors: Locked (a
// key pair is destroyed), TooLarge.
func (b *book) marshal() (*secret.Buffer, error) {
	parts := &parts{}
	defer parts.destroy()
	parts.public(title + "\n" + hint + "\n\n")
	placed := make(map[string]bool)
	for _, key := range b.keys {
		p := key.Public()
		placed[p.ID] = true
		parts.kept(b, func(before string) bool { return before == p.ID })
		if err := parts.key(key, p); err != nil {
			return nil, err
		}
	}
	for _, c := range b.contacts {
		if err := parts.contact(c); err != nil {
			return nil, err
		}
	}
	for _, g := range b.groups {
		if err := parts.json(groupTag, circle{g.Name, g.Members}); err != nil {
			return nil, err
		}
	}
	parts.kept(b, func(before string) bool { return !placed[before] })
	return parts.join()
}

// parts collects pieces of text, so that they are joined in guarded memory of
// the right size.
type parts struct {
	pieces [][]byte
	owned  []*secret.Buffer
}

func (p *parts) json(tag string, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	p.public(tag + string(line) + "\n")
	return nil
}

func (p *parts) public(text string) { p.pieces = append(p.pieces, []byte(text)) }

func (p *parts) secret(b *secret.Buffer) {
	p.pieces, p.owned = append(p.pieces, b.Bytes()), append(p.owned, b)
}

func (p *parts) kept(b *book, here func(before string) bool) {
	for _, k := range b.kept {
		if here(k.before) {
			p.pieces = append(p.pieces, k.lines.Bytes())
		}
	}
}

func (p *parts) key(key *identity.KeyPair, public identity.Public) error {
	text, err := key.MarshalIdentity()
	if err != nil {
		return err
	}
	if public.Kind == identity.Hybrid || public.Kind == identity.X25519 || public.Kind == identity.Plugin {
		p.secret(text)
		p.public("\n")
		return nil
	}
	line := secret.New(base64.StdEncoding.EncodedLen(text.Len()))
	secret.Do(func() { base64.StdEncoding.Encode(line.Bytes(), text.Bytes()) })
	text.Destroy()
	p.public(public.Comments() + sshTag)
	p.secret(line)
	p.public("\n\n")
	return nil
}

func (p *parts) join() (*secret.Buffer, error) {
	size := 0
	for _, piece := range p.pieces {
		size += len(piece)
	}
	if size > maxPlain {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	out := secret.New(size)
	to := out.Bytes()[:0]
	for _, piece := range p.pieces {
		to = append(to, piece...)
	}
	return out, nil
}

func (p *parts) destroy() {
	for _, b := range p.owned {
		b.Destroy()
	}
}
