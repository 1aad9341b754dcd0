package identity

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// maxBlocks bounds the keys in PEM form of one file: each can cost a second.
const maxBlocks = 32

// Ask answers the passphrase of something encrypted; again says that the one
// before was wrong. It answers an error (fault.Cancelled) to give up. The
// caller destroys the buffer.
type Ask func(again bool) (*secret.Buffer, error)

// ImportKeys reads the private keys of AgeIdentity, OpenSSHPrivate and
// PEMPrivate, and asks for the passphrase of a protected one until it is right
// or ask gives up; one that opened a key is tried on the next before asking. b
// stays the caller's. Text around the keys is passed over, and so is a key of
// a sort that cannot be used when there are others. At most 16 MiB, 10,000
// keys, and 32 of them in PEM form. A classic key that derives from a hybrid
// one is not listed again, and no key twice. Errors, which never repeat what
// was read: CannotImport with the Material's name as subject; BadIdentity with
// the line as subject; WorkFactor (a passphrase would take too long); TooLarge,
// TooMany; and those of ask. ask nil is NeedPassphrase.
func ImportKeys(b *secret.Buffer, ask Ask) ([]*KeyPair, error) {
	if b.Len() > maxFile {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	var list []found
	var wide *secret.Buffer
	bad := 0
	secret.Do(func() {
		var text []byte
		text, wide = narrow(b.Bytes())
		list, bad = scan(text)
	})
	defer wide.Destroy()
	switch {
	case len(list) > maxKeys, blocks(list) > maxBlocks:
		return nil, fault.New(fault.TooMany, "", nil)
	case len(list) == 0:
		return nil, nothing(b.Bytes(), bad)
	case bad > 0:
		return nil, badLine(bad)
	}
	im := &importer{ask: ask}
	defer im.destroy()
	if err := im.read(list); err != nil {
		destroyAll(im.keys)
		return nil, err
	}
	keys, dropped := Distinct(im.keys)
	destroyAll(dropped)
	return keys, nil
}

func badLine(n int) error {
	return fault.New(fault.BadIdentity, "line "+strconv.Itoa(n), nil)
}

func blocks(list []found) (n int) {
	for _, f := range list {
		if f.label != nil {
			n++
		}
	}
	return n
}

// nothing says why a text without private keys has none.
func nothing(text []byte, bad int) error {
	if m := Recognise(text); m != Unknown && !m.Importable() {
		return cannot(m)
	}
	if bad > 0 {
		return badLine(bad)
	}
	return fault.New(fault.BadIdentity, "", nil)
}

func cannot(m Material) error { return fault.New(fault.CannotImport, string(m), nil) }

// importer reads keys one by one.
type importer struct {
	ask  Ask
	pass *secret.Buffer // what opened the last protected key
	keys []*KeyPair
}

func (im *importer) destroy() { im.pass.Destroy() }

// read fails on the first key that is damaged, and when none can be used.
func (im *importer) read(list []found) error {
	var refused error
	for _, f := range list {
		key, err := im.open(f)
		switch fault.Of(err) {
		case "":
			im.keys = append(im.keys, key)
		case fault.CannotImport:
			refused = err
		case fault.BadIdentity:
			return badLine(f.line)
		default:
			return err
		}
	}
	if len(im.keys) == 0 {
		return refused
	}
	return nil
}

func (im *importer) open(f found) (*KeyPair, error) {
	key, err := f.read(nil)
	if fault.Of(err) != fault.NeedPassphrase || im.ask == nil {
		return key, err
	}
	if im.pass != nil {
		if key, err = f.read(im.pass); fault.Of(err) != fault.WrongPassphrase {
			return key, err
		}
	}
	for again := false; ; again = true {
		pass, err := im.ask(again)
		if err != nil {
			return nil, err
		}
		key, err := f.read(pass)
		if fault.Of(err) == fault.WrongPassphrase {
			pass.Destroy()
			continue
		}
		im.pass.Destroy()
		im.pass = pass
		return key, err
	}
}

// read makes a key pair of it. pass nil is none. Errors: NeedPassphrase,
// WrongPassphrase, WorkFactor, BadIdentity, CannotImport.
func (f found) read(pass *secret.Buffer) (key *KeyPair, err error) {
	secret.Do(func() {
		switch {
		case f.what == AgeIdentity:
			key, err = ReadKey(f.body, f.meta)
		case f.what == OtherPrivate:
			err = cannot(OtherPrivate)
		case f.label != nil:
			key, err = f.readBlock(pass)
		case f.what == OpenSSHPrivate:
			key, err = f.readComment()
		default:
			key, err = readDER(f.body, pass, f.meta)
		}
	})
	return key, err
}

func (f found) readBlock(pass *secret.Buffer) (*KeyPair, error) {
	if len(f.body) > 2*maxSSH {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	der, dek := unarmor(f.body)
	if der == nil {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	defer der.Destroy()
	switch {
	case f.what == OpenSSHPrivate:
		return readOpenSSH(der.Bytes(), pass, f.meta)
	case dek != nil:
		return readLegacy(der.Bytes(), string(dek), pass, f.meta)
	}
	return readDER(der.Bytes(), pass, f.meta)
}

// readComment reads an SSH key as keyrings keep it.
func (f found) readComment() (*KeyPair, error) {
	text := secret.New(base64.StdEncoding.DecodedLen(len(f.body)))
	defer text.Destroy()
	n, err := base64.StdEncoding.Decode(text.Bytes(), f.body)
	if err != nil || !bytes.HasPrefix(text.Bytes(), []byte("-----BEGIN ")) {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	return ReadKey(text.Bytes()[:n], f.meta)
}
