package recovery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"path/filepath"
	"unicode/utf8"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/recovery/legacy"
	"cryptodesk/engine/recovery/paper"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// What is read is bounded before it is read, in bytes.
const (
	maxPlain   = 16 << 20 // of a keyring, as age has it
	maxSealed  = 24 << 20 // of one that is encrypted, as text too
	maxPicture = 32 << 20
	maxHead    = 64 << 10
)

// AddFile reads what is at path, whatever it is, and lays it beside the others.
// ask is called for the passphrase of something protected, until it is right or
// ask gives up. What the piece cannot be used for is its Problem; a page with
// several shares becomes several pieces, of which the first is answered.
// Errors, with which nothing is added: Cancelled (also by ask), TooMany, and
// those of reaching the file.
func (r *Restore) AddFile(ctx context.Context, path string, ask identity.Ask) (Piece, error) {
	defer secret.Settle()
	src, err := safefile.OpenSource(path)
	if err != nil {
		return Piece{}, err
	}
	defer src.Close()
	in := &reader{ctx: ctx, ask: ask, restore: r, name: filepath.Base(path), path: path}
	ps, err := in.file(src)
	if err != nil {
		return Piece{}, err
	}
	if src.Changed() != nil {
		for _, p := range ps {
			p.close()
		}
		return Piece{}, fault.New(fault.SourceChanged, path, nil)
	}
	return r.add(ps...)
}

// AddWords is AddFile for words that were typed: those of a sheet or of a
// share, or the line of a private key. words are taken over.
func (r *Restore) AddWords(ctx context.Context, words *secret.Buffer) (Piece, error) {
	defer secret.Settle()
	defer words.Destroy()
	in := &reader{ctx: ctx, restore: r}
	if words.Len() > maxHead {
		return r.add(in.problem(OtherPiece, fault.TooLarge))
	}
	p := in.text(words)
	if p.Kind == OtherPiece { // not even words of the list: say which is none
		share, err := slip39.Parse(words.Bytes())
		share.Close()
		if err != nil {
			p.Kind, p.Problem = SharePiece, fault.As(err)
		}
	}
	return r.add(p)
}

// reader makes pieces of what it reads.
type reader struct {
	ctx        context.Context
	ask        identity.Ask
	restore    *Restore
	name, path string
}

func (in *reader) piece(kind PieceKind) *piece {
	return &piece{Piece: Piece{Kind: kind, Name: in.name, Path: in.path}}
}

func (in *reader) problem(kind PieceKind, what fault.Kind) *piece {
	p := in.piece(kind)
	p.Problem = fault.New(what, p.label(), nil)
	return p
}

// file reads a file. An error is nobody's fault but the disk's or the person's.
func (in *reader) file(src *safefile.Source) ([]*piece, error) {
	start := secret.New(int(min(src.Size(), maxHead)))
	defer start.Destroy()
	head := start.Bytes()
	if n, err := src.ReadAt(head, 0); n < len(head) {
		return nil, fault.FromOS(in.path, err)
	}
	what, limit := identity.Recognise(head), int64(maxPlain)
	page := what == identity.Picture || bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-"))
	switch {
	case len(head) == 0:
		return []*piece{in.problem(OtherPiece, fault.Empty)}, nil
	case page:
		limit = maxPicture
	case what == identity.AgeEncrypted:
		limit = maxSealed
	case what == identity.Unknown && !IsShare(head) && !keyring.IsKeyring(head):
		return []*piece{in.problem(unknown(head, src.Size()), fault.NoPiece)}, nil
	}
	if src.Size() > limit {
		return []*piece{in.problem(OtherPiece, fault.TooLarge)}, nil
	}
	if page {
		return in.page(src)
	}
	data, err := secret.ReadAll(src, int(limit))
	if err != nil {
		return nil, err
	}
	defer data.Destroy()
	p := in.text(data)
	if what == identity.AgeEncrypted {
		p.header = headerOf(data.Bytes())
	}
	if p.Problem != nil && p.Problem.Kind == fault.Cancelled {
		p.close()
		return nil, p.Problem
	}
	return []*piece{p}, nil
}

// unknown is what bytes without any mark are: as old scripts write them, or
// prose. Which of those it is nothing tells for certain, so nobody is asked for
// a passphrase here.
func unknown(head []byte, size int64) PieceKind {
	prose := utf8.Valid(head) && bytes.ContainsAny(bytes.TrimSpace(head), " \t")
	if size > maxHead || prose || len(legacy.Look(head)) == 0 {
		return OtherPiece
	}
	return LegacyPiece
}

// page reads the codes on a page or a photo.
func (in *reader) page(src *safefile.Source) ([]*piece, error) {
	texts, err := paper.ReadFrom(in.ctx, src)
	if fault.Of(err) == fault.Cancelled {
		return nil, err
	}
	if err != nil {
		return []*piece{in.problem(OtherPiece, fault.Of(err))}, nil
	}
	var found, rest []*piece
	for _, text := range texts {
		p := in.text(text)
		text.Destroy()
		if p.Kind == IdentityPiece {
			p.Kind = SheetPiece
		}
		switch {
		case p.content == nil && p.share == nil:
			rest = append(rest, p)
		case has(found, p):
			p.close()
		default:
			found = append(found, p)
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case len(rest) > 0:
		return rest[:1], nil
	}
	return []*piece{in.problem(OtherPiece, fault.NoCode)}, nil
}

// has says whether a page brings the same thing twice: as a code, and as a file
// that is attached.
func has(found []*piece, p *piece) bool {
	for _, f := range found {
		if f.share != nil && p.share != nil && f.share.Equal(p.share) {
			return true
		}
		if f.content != nil && p.content != nil && len(f.Keys) == 1 && len(p.Keys) == 1 && f.Keys[0].ID == p.Keys[0].ID {
			return true
		}
	}
	return false
}

// text says what guarded text is, which stays the caller's.
func (in *reader) text(text *secret.Buffer) *piece {
	switch {
	case IsShare(text.Bytes()):
		return in.words(text)
	case keyring.IsKeyring(text.Bytes()): // which may begin with more than Recognise looks at
		return in.keys(text)
	}
	if below := escrow.Below(text); below != nil { // a deposit that somebody opened by hand
		defer below.Destroy()
		return in.keys(below)
	}
	switch identity.Recognise(text.Bytes()) {
	case identity.AgeEncrypted:
		return in.sealed(text)
	case identity.AgeIdentity, identity.OpenSSHPrivate, identity.PEMPrivate:
		return in.keys(text)
	case identity.Card, identity.PublicKeys:
		return in.problem(CardPiece, fault.NoPiece)
	case identity.Request:
		return in.problem(RequestPiece, fault.NoPiece)
	}
	if bytes.HasPrefix(text.Bytes(), []byte(cardCode)) {
		return in.problem(CardPiece, fault.NoPiece)
	}
	return in.problem(OtherPiece, fault.NoPiece)
}

// cardCode is how the QR code of a contact card begins.
const cardCode = "CRYPTODESK:"

// words reads the words of a sheet or a share.
func (in *reader) words(text *secret.Buffer) *piece {
	file, share, err := ParseShareFile(text.Bytes())
	p := in.piece(SharePiece)
	if err != nil {
		p.Problem = fault.As(err)
		return p
	}
	if share.Need == 1 && share.Groups == 1 {
		p.Kind = SheetPiece
	}
	p.share, p.says, p.Owner = share, file.Fingerprint, file.Name
	p.Share, p.Of, p.Need = file.Number, file.Of, file.Need
	return p
}

// keys reads private keys: a keyring's text, and any other.
func (in *reader) keys(text *secret.Buffer) *piece {
	p := in.piece(IdentityPiece)
	secret.Do(func() { p.sum = sha256.Sum256(text.Bytes()) })
	content, err := keyring.Parse(text)
	switch fault.Of(err) {
	case "":
		if keyring.IsKeyring(text.Bytes()) {
			p.Kind = BackupPiece
		}
	case fault.KeyringDamaged: // by hand, or of another program
		var pairs []*identity.KeyPair
		if pairs, err = identity.ImportKeys(text, in.ask); err == nil {
			content = keyring.ContentOf(pairs...)
		}
	}
	if err != nil {
		p.Problem = fault.As(err)
		return p
	}
	p.hold(content)
	return p
}

// hold takes content over.
func (p *piece) hold(content *keyring.Content) {
	p.content = content
	for _, k := range content.Keys() {
		p.Keys = append(p.Keys, k.Public())
	}
	p.Contacts, p.Groups = len(content.Contacts()), len(content.Groups())
	if len(p.Keys) == 0 {
		content.Destroy()
		p.content, p.Problem = nil, fault.New(fault.NoPiece, p.label(), nil)
	}
}

// sealed reads what a passphrase, or a key that is open now, opens.
func (in *reader) sealed(data *secret.Buffer) *piece {
	info := agefile.InspectReader(bytes.NewReader(data.Bytes()), int64(data.Len()))
	switch {
	case info.Problem != nil:
		return in.problem(BackupPiece, info.Problem.Kind)
	case info.PlainSize > maxPlain:
		return in.problem(BackupPiece, fault.TooLarge)
	case !info.Passphrase:
		return in.forKeys(data)
	}
	if in.ask == nil {
		return in.problem(BackupPiece, fault.NeedPassphrase)
	}
	for again := false; ; again = true {
		pass, err := in.ask(again)
		if err != nil {
			return in.problem(BackupPiece, fault.Of(err))
		}
		kept := pass.Clone()
		defer kept.Destroy()
		text, err := openWith(in.ctx, data, pass)
		if fault.Of(err) == fault.WrongPassphrase && in.ctx.Err() == nil {
			continue
		}
		if err != nil {
			return in.problem(BackupPiece, fault.Of(err))
		}
		defer text.Destroy()
		p := in.inside(text, BackupPiece)
		if ring, err := in.restore.ring(); err == nil {
			p.samePassphrase = ring.Check(in.ctx, kept) == nil
		}
		return p
	}
}

// inside is what something encrypted holds.
func (in *reader) inside(text *secret.Buffer, kind PieceKind) *piece {
	p := in.text(text)
	if p.Kind == IdentityPiece || p.content != nil {
		p.Kind = kind
	}
	return p
}

// openWith takes pass over.
func openWith(ctx context.Context, data, pass *secret.Buffer) (*secret.Buffer, error) {
	id := agefile.NewPassphrase(pass)
	defer id.Destroy()
	return agefile.OpenBytes(ctx, data.Bytes(), []age.Identity{id}, maxPlain)
}
