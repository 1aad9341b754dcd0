package engine

import (
	"bytes"
	"context"
	"io"
	"slices"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/qr"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Incoming is something read to be imported, and what taking it in would do.
// Nothing has happened yet. Its holder closes it. Not safe for concurrent use.
type Incoming struct {
	Material identity.Material
	Keys     []IncomingKey
	Contacts []IncomingContact

	pairs []*identity.KeyPair // as Keys
}

// IncomingKey is a private key that would become one of one's own.
type IncomingKey struct {
	identity.Public      // Name is empty when the file has none
	Known           bool // it is there already
}

// IncomingContact is somebody who would become a contact.
type IncomingContact struct {
	identity.Contact
	Known bool             // the same keys are there already
	Old   identity.Contact // whose name it has, with other keys; taking it in makes that contact Changed
}

// Changes says that the contact's keys differ from those of one with that name.
func (c IncomingContact) Changes() bool { return c.Old.Name != "" }

// Close wipes the private keys that were not taken in. Nil-safe, idempotent.
func (in *Incoming) Close() {
	if in == nil {
		return
	}
	for _, k := range in.pairs {
		k.Destroy()
	}
	in.pairs = nil
}

// What is read to be imported is bounded, in bytes: a photo of a QR code is
// the largest.
const (
	maxPicture = 32 << 20
	maxHead    = 64 << 10
)

// ReadFile is Read for a file.
func (e *Engine) ReadFile(ctx context.Context, path string, ask identity.Ask) (*Incoming, error) {
	in, err := e.readFile(ctx, path, ask)
	if f := fault.Of(err); err != nil && f != fault.Cancelled && f != fault.CannotImport {
		err = fault.New(f, path, err)
	}
	return in, err
}

func (e *Engine) readFile(ctx context.Context, path string, ask identity.Ask) (*Incoming, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	head, err := secret.ReadAll(io.LimitReader(src, maxHead), maxHead)
	if err != nil {
		return nil, err
	}
	defer head.Destroy()
	if identity.Recognise(head.Bytes()) == identity.Picture {
		return e.readPicture(ctx, src)
	}
	whole := io.NewSectionReader(src, 0, src.Size())
	data, err := secret.ReadAll(whole, maxIdentityFile)
	if err != nil {
		return nil, err
	}
	return e.Read(ctx, data, ask)
}

// readPicture keeps a picture, which is large, out of guarded memory; it may be
// one of a recovery sheet.
func (e *Engine) readPicture(ctx context.Context, src *safefile.Source) (*Incoming, error) {
	if src.Size() > maxPicture {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	var picture []byte
	var err error
	secret.Do(func() { picture, err = io.ReadAll(io.NewSectionReader(src, 0, src.Size())) })
	defer secret.Wipe(picture)
	if err != nil {
		return nil, fault.FromOS(src.Path(), err)
	}
	in := &Incoming{Material: identity.Picture}
	if err := in.picture(ctx, picture); err != nil {
		return nil, err
	}
	e.compare(in)
	return in, nil
}

// picture reads the contact card in the QR code of a picture.
func (in *Incoming) picture(ctx context.Context, picture []byte) error {
	code, err := qr.Decode(ctx, picture)
	if err != nil {
		return err
	}
	defer code.Destroy()
	var card []byte
	secret.Do(func() { card, err = identity.ParseCode(string(code.Bytes())) }) // it may be a recovery sheet
	if err != nil {
		return err
	}
	return in.people(card)
}

// Read says what data is, by its content, and readies it to be taken in. ask
// is called for the passphrase of something protected. data is taken over. A
// locked profile reads too, but knows nothing. Errors: CannotImport with the
// identity.Material as subject, NoCode, NoKey (an age file for a key),
// Cancelled (by ask), and those of parsing.
func (e *Engine) Read(ctx context.Context, data *secret.Buffer, ask identity.Ask) (*Incoming, error) {
	defer secret.Settle()
	defer data.Destroy()
	in := &Incoming{Material: identity.Recognise(data.Bytes())}
	var err error
	switch in.Material {
	case identity.AgeEncrypted:
		in.pairs, err = openIdentities(ctx, data, ask)
	case identity.AgeIdentity, identity.OpenSSHPrivate, identity.PEMPrivate:
		in.pairs, err = identity.ImportKeys(data, ask)
	case identity.Card, identity.PublicKeys:
		err = in.people(data.Bytes()) // no copy: it could hold more than was seen
	case identity.Picture:
		err = in.picture(ctx, data.Bytes())
	default:
		err = fault.New(fault.CannotImport, string(in.Material), nil)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	e.compare(in)
	return in, nil
}

func (in *Incoming) people(text []byte) error {
	people, err := identity.ParseContacts("", text)
	for _, c := range people {
		in.Contacts = append(in.Contacts, IncomingContact{Contact: c})
	}
	return err
}

// compare notes what is there already.
func (e *Engine) compare(in *Incoming) {
	own := e.Keys()
	for _, k := range in.pairs {
		p := k.Public()
		known := slices.ContainsFunc(own, func(o identity.Public) bool {
			return o.ID == p.ID || !o.Classic.IsZero() && o.Classic == p.Recipient
		})
		in.Keys = append(in.Keys, IncomingKey{p, known})
	}
	e.Compare(in)
}

// Compare notes again whom the contacts are, after their names were changed.
func (e *Engine) Compare(in *Incoming) {
	ring, err := e.session.Keyring()
	if err != nil {
		return
	}
	directory := ring.Directory()
	for i := range in.Contacts {
		c := &in.Contacts[i]
		c.Known, c.Old = directory.Meet(c.Contact)
	}
}

// Take imports what Read found: keys become one's own, people contacts, both
// under the names that Keys and Contacts have now. A contact whose name is
// taken by other keys makes that contact Changed. What is known already is
// left as it is. Errors: Locked, NameTaken, NameMissing, BadName, TooMany;
// then nothing was taken in, and private keys may be wiped: read them again.
func (e *Engine) Take(ctx context.Context, in *Incoming) error {
	defer secret.Settle()
	if len(in.pairs) != len(in.Keys) {
		return fault.New(fault.KeyMissing, "", nil) // closed, or taken before
	}
	for i, k := range in.Keys {
		if !k.Known && k.Name != in.pairs[i].Public().Name {
			if err := in.pairs[i].Rename(k.Name); err != nil {
				return err
			}
		}
	}
	return e.change(func(ring *keyring.Keyring) error {
		if len(in.pairs) > 0 {
			pairs := in.pairs
			in.pairs = nil
			return ring.AddKey(pairs...)
		}
		return ring.TakeContacts(in.newPeople()...)
	})
}

func (in *Incoming) newPeople() []identity.Contact {
	var people []identity.Contact
	for _, c := range in.Contacts {
		if !c.Known {
			people = append(people, c.Contact)
		}
	}
	return people
}

// openIdentities reads the keys in an age file that a passphrase opens.
func openIdentities(ctx context.Context, data *secret.Buffer, ask identity.Ask) ([]*identity.KeyPair, error) {
	info := agefile.InspectReader(bytes.NewReader(data.Bytes()), int64(data.Len()))
	switch {
	case info.Problem != nil:
		return nil, info.Problem
	case !info.Passphrase:
		return nil, fault.New(fault.NoKey, "", nil)
	}
	for again := false; ; again = true {
		pass, err := ask(again)
		if err != nil {
			return nil, err
		}
		text, err := openWith(ctx, data, pass)
		if fault.Of(err) == fault.WrongPassphrase && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer text.Destroy()
		return identity.ImportKeys(text, ask)
	}
}

// openWith takes pass over.
func openWith(ctx context.Context, data, pass *secret.Buffer) (*secret.Buffer, error) {
	id := agefile.NewPassphrase(pass)
	defer id.Destroy()
	return agefile.OpenBytes(ctx, data.Bytes(), []age.Identity{id}, maxIdentityFile)
}

// exportKey writes a private key under pass.
func exportKey(ctx context.Context, store *safefile.Store, k *identity.KeyPair, pass *secret.Buffer, path string) error {
	text, plain, err := k.Export(pass)
	if err != nil {
		return err
	}
	defer text.Destroy()
	raw := text.Bytes() // an SSH key, protected already
	if plain {
		to := agefile.NewPassphrase(pass.Clone())
		defer to.Destroy()
		if raw, err = agefile.SealBytes(text, to); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, path, ctx.Err())
	}
	return writeFresh(store, path, raw)
}

// writeFresh writes what is encrypted already to path, and replaces nothing.
func writeFresh(store *safefile.Store, path string, raw []byte) error {
	f, err := store.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(raw); err != nil {
		return err
	}
	_, err = f.Commit(safefile.Refuse)
	return err
}
