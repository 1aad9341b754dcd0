package keyring

import (
	"encoding/base64"
	"encoding/json"

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

// marshal is the plaintext of the keyring in guarded memory. Errors: Locked (a
// key pair is destroyed), TooLarge.
func (b *book) marshal() (*secret.Buffer, error) {
	parts := &parts{}
	defer parts.destroy()
	parts.public(title + "\n" + hint + "\n\n")
	parts.records(b)
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
		if err := parts.json(groupTag, circle(g)); err != nil {
			return nil, err
		}
	}
	parts.kept(b, func(before string) bool { return !placed[before] })
	return parts.join()
}

// parts collects pieces of text, so that they are joined in guarded memory of
// the right size.
type parts struct {
	pieces []piece
	owned  []*secret.Buffer
}

// piece is text, or a key pair that is to be written out.
type piece struct {
	text   []byte
	key    *identity.KeyPair
	public identity.Public
}

func (p *parts) json(tag string, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fault.New(fault.Internal, "", err)
	}
	p.public(tag)
	p.pieces = append(p.pieces, piece{text: line})
	p.public("\n")
	return nil
}

func (p *parts) public(text string) { p.pieces = append(p.pieces, piece{text: []byte(text)}) }

func (p *parts) secret(b *secret.Buffer) {
	p.pieces, p.owned = append(p.pieces, piece{text: b.Bytes()}), append(p.owned, b)
}

func (p *parts) kept(b *book, here func(before string) bool) {
	for _, k := range b.kept {
		if here(k.before) {
			p.pieces = append(p.pieces, piece{text: k.lines.Bytes()})
		}
	}
}

func (p *parts) key(key *identity.KeyPair, public identity.Public) error {
	if public.NativeSize() > 0 {
		p.pieces = append(p.pieces, piece{key: key, public: public})
		p.public("\n")
		return nil
	}
	text, err := key.MarshalIdentity()
	if err != nil {
		return err
	}
	if public.Kind == identity.Plugin {
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
		size += len(piece.text)
		if piece.key != nil {
			size += piece.public.NativeSize()
		}
	}
	if size > maxPlain {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	out := secret.New(size)
	to := out.Bytes()[:0]
	var err error
	for _, piece := range p.pieces {
		if piece.key == nil {
			n := len(to)
			to = to[:n+len(piece.text)]
			secret.Copy(to[n:], piece.text)
		} else if to, err = piece.key.AppendNative(to, piece.public); err != nil {
			out.Destroy()
			return nil, err
		}
	}
	return out, nil
}

func (p *parts) destroy() {
	for _, b := range p.owned {
		b.Destroy()
	}
}
