package engine

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/qr"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
)

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// code is a picture of a QR code.
func code(t *testing.T, text string) []byte {
	t.Helper()
	img, err := qr.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// identityText is what a key pair is as a file.
func identityText(t *testing.T, k *identity.KeyPair) string {
	t.Helper()
	b, err := k.MarshalIdentity()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Destroy()
	return string(b.Bytes())
}

func newPair(t *testing.T, name string, kind func(string) (*identity.KeyPair, error)) *identity.KeyPair {
	t.Helper()
	k, err := kind(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Destroy)
	return k
}

// What brings nothing back is told by what it is, and nothing is touched by it.
func TestPiecesThatAreNone(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	ring, err := os.ReadFile(filepath.Join(e.Home(), "keyring.age"))
	if err != nil {
		t.Fatal(err)
	}
	card, err := e.Card(e.Keys()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	classic := newPair(t, "x", identity.NewClassic)
	line := strings.Fields(identityText(t, classic))
	key := line[len(line)-1] + "\n"
	cardCode, err := identity.MarshalCode(card)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data    []byte
		kind    recovery.PieceKind
		problem fault.Kind
	}{
		"empty":                     {nil, recovery.OtherPiece, fault.Empty},
		"prose":                     {[]byte("Dear Ana, the key is under the mat.\n"), recovery.OtherPiece, fault.NoPiece},
		"noise":                     {bytes.Repeat([]byte{0, 1, 254, 7}, 20_000), recovery.OtherPiece, fault.NoPiece},
		"what a script wrote":       {bytes.Repeat([]byte{0, 1, 254, 7}, 16), recovery.LegacyPiece, fault.NoPiece},
		"the same as text":          {[]byte("AAH+BwAB/gcAAf4HAAH+BwAB/gcAAf4HAAH+BwAB/gc=\n"), recovery.LegacyPiece, fault.NoPiece},
		"a card":                    {card, recovery.CardPiece, fault.NoPiece},
		"a public key":              {[]byte(classic.Public().Recipient.Text + "\n"), recovery.CardPiece, fault.NoPiece},
		"a code with a card":        {code(t, string(cardCode)), recovery.CardPiece, fault.NoPiece},
		"a code of something else":  {code(t, "https://example.org/?q=1"), recovery.OtherPiece, fault.NoPiece},
		"a page without a code":     {[]byte("%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"), recovery.OtherPiece, fault.NoCode},
		"half a page":               {[]byte("%PDF-1.4\n1 0 obj<<"), recovery.OtherPiece, fault.PictureDamaged},
		"half a picture":            {code(t, "x")[:60], recovery.OtherPiece, fault.PictureDamaged},
		"a backup without its end":  {ring[:len(ring)-20], recovery.BackupPiece, fault.PayloadDamaged},
		"the start of a backup":     {ring[:100], recovery.BackupPiece, fault.Truncated},
		"a changed backup":          {append(append([]byte{}, ring[:len(ring)-20]...), ring[:20]...), recovery.BackupPiece, fault.PayloadDamaged},
		"a key of nonsense":         {[]byte("AGE-SECRET-KEY-1QQQ\n"), recovery.IdentityPiece, fault.BadIdentity},
		"a keyring of later":        {[]byte("# CryptoDesk keyring v9\n" + key), recovery.IdentityPiece, fault.KeyringTooNew},
		"a keyring without a key":   {[]byte("# CryptoDesk keyring v1\n"), recovery.BackupPiece, fault.NoPiece},
		"a million lines, then one": {[]byte(strings.Repeat("#\n", 1_000_000) + key), recovery.OtherPiece, fault.NoPiece},
		"one, then a million lines": {[]byte(key + strings.Repeat("#\n", 1_000_000)), recovery.IdentityPiece, fault.TooMany},
		"a million keys":            {[]byte(strings.Repeat(key, 1_000_000)[:16<<20]), recovery.IdentityPiece, fault.TooMany},
		"more than 16 MiB of keys":  {[]byte(key + strings.Repeat("# a long note\n", 2_000_000)), recovery.OtherPiece, fault.TooLarge},
		"a share of later":          {[]byte("# CryptoDesk share v2\n\nacademic acid\n"), recovery.SharePiece, fault.TooNew},
		"an SSH key that is cut":    {[]byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"), recovery.IdentityPiece, fault.BadIdentity},
	} {
		r := e.NewRestore()
		p, err := r.AddFile(ctx, write(t, filepath.Join(dir, name), c.data), says(pass))
		if err != nil || p.Kind != c.kind || p.Problem == nil || p.Problem.Kind != c.problem || p.Name != name {
			t.Errorf("%s: %s, %v, %v", name, p.Kind, p.Problem, err)
		}
		if f := r.Found(); f.Ready || len(f.Keys) != 0 {
			t.Errorf("%s: %+v", name, f)
		}
		if err := e.Restore(ctx, r, recovery.Replace, "", other()); err == nil {
			t.Errorf("%s was restored", name)
		}
		r.Close()
	}
	if now, err := os.ReadFile(filepath.Join(e.Home(), "keyring.age")); err != nil || !bytes.Equal(now, ring) {
		t.Errorf("the keyring changed: %v", err)
	}
}

// What is too large is not read: a terabyte would take a while.
func TestPiecesAreBounded(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	r := e.NewRestore()
	defer r.Close()
	for name, start := range map[string]string{
		"backup.age": "age-encryption.org/v1\n-> scrypt c2FsdHNhbHRzYWx0c2FsdA 18\n", "sheet.pdf": "%PDF-1.4\n", "photo.png": "\x89PNG\r\n\x1a\n",
		"keys.txt": "AGE-SECRET-KEY-1QQQ\n", "ring.txt": "# CryptoDesk keyring v1\n",
	} {
		path := write(t, filepath.Join(dir, name), []byte(start))
		if err := os.Truncate(path, 1<<40); err != nil {
			t.Fatal(err)
		}
		if p, err := r.AddFile(ctx, path, nil); err != nil || p.Problem == nil || p.Problem.Kind != fault.TooLarge {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if p, err := r.AddWords(ctx, secret.Take(bytes.Repeat([]byte("acid "), 100_000))); err != nil || p.Problem == nil || p.Problem.Kind != fault.TooLarge {
		t.Errorf("words: %+v, %v", p, err)
	}
	for path, kind := range map[string]fault.Kind{dir: fault.NotRegular, filepath.Join(dir, "none"): fault.NotFound} {
		if _, err := r.AddFile(ctx, path, nil); fault.Of(err) != kind {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := len(r.Pieces()); n != 6 {
		t.Errorf("%d pieces", n)
	}
	for len(r.Pieces()) > 0 {
		r.Drop(0)
	}
	r.Drop(0)
	r.Drop(-1)
	for i := range 201 {
		_, err := r.AddWords(ctx, secret.Take([]byte("acid")))
		if want := i == 200; want != (fault.Of(err) == fault.TooMany) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	r.Close()
	if _, err := r.AddWords(ctx, secret.Take([]byte("acid"))); fault.Of(err) != fault.Cancelled {
		t.Errorf("closed: %v", err)
	}
}

// Files with keys of every sort come back, by hand and of other programs.
func TestPiecesOfEverySort(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	mine, classic := newPair(t, "Mine", identity.New), newPair(t, "Old", identity.NewClassic)
	lines := strings.Split(strings.TrimSpace(identityText(t, mine)), "\n")
	protected, _, err := classic.Export(other())
	if err != nil {
		t.Fatal(err)
	}
	protected.Destroy()
	export := filepath.Join(dir, "export.age")
	if err := e.ExportKey(ctx, e.Keys()[0].ID, pass(), other(), export); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		ask  identity.Ask
		kind recovery.PieceKind
		keys string
	}{
		"the keyring itself": {filepath.Join(e.Home(), "keyring.age"), says(pass), recovery.BackupPiece, "Ana"},
		"an exported key":    {export, says(other), recovery.BackupPiece, "Ana"},
		"an identity file":   {write(t, filepath.Join(dir, "keys.txt"), []byte(identityText(t, mine)+identityText(t, classic))), nil, recovery.IdentityPiece, "Mine Old"},
		"one by hand": {write(t, filepath.Join(dir, "hand.txt"), []byte("\ufeff# my notes\r\n> "+lines[3]+"\r\nand some prose\r\n")), nil,
			recovery.IdentityPiece, "key " + mine.Public().ID[:8]},
		"a picture of its code": {write(t, filepath.Join(dir, "photo.png"), code(t, lines[3])), nil, recovery.SheetPiece, "key " + mine.Public().ID[:8]},
	} {
		r := e.NewRestore()
		p := add(t, r, c.path, c.ask)
		var keys []string
		for _, k := range r.Found().Keys {
			keys = append(keys, k.Name)
		}
		if p.Kind != c.kind || strings.Join(keys, " ") != c.keys {
			t.Errorf("%s: %s, %q", name, p.Kind, keys)
		}
		// The same again, under another name.
		raw, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.AddFile(ctx, write(t, filepath.Join(dir, "again"), raw), c.ask)
		if err != nil || again.Problem == nil || again.Problem.Kind != fault.PieceRepeated {
			t.Errorf("%s again: %v, %v", name, again.Problem, err)
		}
		r.Close()
	}
}

func TestPassphraseOfABackup(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	backup := filepath.Join(dir, "backup.age")
	if err := e.MakeBackup(ctx, backup, other(), ""); err != nil {
		t.Fatal(err)
	}
	r := e.NewRestore()
	defer r.Close()
	tries := 0
	p, err := r.AddFile(ctx, backup, func(again bool) (*secret.Buffer, error) {
		if tries++; again != (tries > 1) {
			t.Errorf("try %d: again is %v", tries, again)
		}
		if tries < 3 {
			return pass(), nil
		}
		return other(), nil
	})
	if err != nil || p.Problem != nil || tries != 3 {
		t.Errorf("%+v, %v after %d tries", p, err, tries)
	}
	r.Drop(0)
	if _, err := r.AddFile(ctx, backup, says(pass)); fault.Of(err) != fault.Cancelled || len(r.Pieces()) != 0 {
		t.Errorf("given up: %v, %d pieces", err, len(r.Pieces()))
	}
	if p, err := r.AddFile(ctx, backup, nil); err != nil || p.Problem == nil || p.Problem.Kind != fault.NeedPassphrase {
		t.Errorf("nobody to ask: %+v, %v", p, err)
	}
}

func TestWordsThatAreWrong(t *testing.T) {
	ctx := context.Background()
	e := openAt(t, filepath.Join(t.TempDir(), "home"))
	root := bytes.Repeat([]byte{7}, 32)
	sheet, err := slip39.Split(root, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(sheet[0].Bytes()))
	with := func(i int, word string) string {
		changed := append([]string{}, words...)
		changed[i] = word
		return strings.Join(changed, " ")
	}
	another := "academic"
	if words[9] == another {
		another = "acid"
	}
	swapped := append([]string{}, words...)
	swapped[4], swapped[20], swapped[11], swapped[30] = words[20], words[4], words[30], words[11]
	for name, c := range map[string]struct {
		typed   string
		kind    recovery.PieceKind
		problem fault.Kind
		subject string
	}{
		"right":             {strings.Join(words, " "), recovery.SheetPiece, "", ""},
		"in capitals, cut":  {strings.ToUpper(words[0][:4]) + "\n2. " + strings.Join(words[1:], ", "), recovery.SheetPiece, "", ""},
		"one is no word":    {with(2, "zzzz"), recovery.SharePiece, fault.ShareWord, "3"},
		"one is another":    {with(9, another), recovery.SharePiece, fault.ShareSuspect, "10"},
		"several elsewhere": {strings.Join(swapped, " "), recovery.SharePiece, fault.ShareChecksum, ""},
		"one is missing":    {strings.Join(words[:32], " "), recovery.SharePiece, fault.ShareLength, "32"},
		"one":               {words[0], recovery.SharePiece, fault.ShareLength, "1"},
		"prose":             {"let me in, please", recovery.SharePiece, fault.ShareWord, "1"},
		"nothing":           {"", recovery.SharePiece, fault.ShareLength, "0"},
	} {
		r := e.NewRestore()
		p, err := r.AddWords(ctx, secret.Take([]byte(c.typed)))
		if err != nil || p.Kind != c.kind || (p.Problem == nil) != (c.problem == "") {
			t.Errorf("%s: %+v, %v", name, p, err)
		} else if p.Problem != nil && (p.Problem.Kind != c.problem || p.Problem.Subject != c.subject) {
			t.Errorf("%s: %v", name, p.Problem)
		}
		if f := r.Found(); f.Ready != (c.problem == "") {
			t.Errorf("%s: %+v", name, f)
		}
		r.Close()
	}
}

// A share or a sheet of somebody else is refused by name when it is known whose
// key is to come back, or when it says so itself.
func TestWrongPersonsPieces(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := ana(t)
	key := e.Keys()[0]
	paths, err := e.MakeShares(ctx, key.ID, 2, 2, dir, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	ben := newPair(t, "Ben", identity.New)
	r := e.NewRestore()
	defer r.Close()
	r.Expect(ben.Public().Fingerprint)
	for _, path := range paths[:3] {
		if p, err := r.AddFile(ctx, path, nil); err != nil {
			t.Errorf("%+v, %v", p, err)
		}
	}
	for i, p := range r.Pieces() {
		if i != 1 && (p.Problem == nil || p.Problem.Kind != fault.WrongKey || p.Problem.Subject != p.Name) {
			t.Errorf("%s: %v", p.Name, p.Problem)
		}
	}
	if r.Found().Ready {
		t.Error("somebody else's key is ready")
	}
	r.Expect(strings.ToUpper(strings.Join(strings.Fields(key.Fingerprint), "")))
	if f := r.Found(); !f.Ready || len(f.Keys) != 1 {
		t.Errorf("%+v", f)
	}
	// A text that names another key than its words come to.
	text, err := os.ReadFile(paths[3])
	if err != nil {
		t.Fatal(err)
	}
	edited := write(t, filepath.Join(dir, "edited.txt"), bytes.Replace(text, []byte(key.Fingerprint), []byte(ben.Public().Fingerprint), 1))
	other := e.NewRestore()
	defer other.Close()
	add(t, other, paths[1], nil)
	if p, err := other.AddFile(ctx, edited, nil); err != nil || p.Problem == nil || p.Problem.Kind != fault.WrongKey {
		t.Errorf("%v, %v", p.Problem, err)
	}
	if other.Found().Ready {
		t.Error("it is ready all the same")
	}
}
