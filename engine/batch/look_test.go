package batch

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func TestLookSortsADrop(t *testing.T) {
	d := newDesk(t)
	card, err := identity.MarshalCard(d.me)
	if err != nil {
		t.Fatal(err)
	}
	plain := d.file("plain.txt", []byte("hello"))
	sealed := d.outs(d.encrypt(EncryptOptions{}, plain))[0]
	damaged := d.file("damaged.age", []byte("age-encryption.org/v1\n-> X25519 x\n"))
	folder := filepath.Dir(d.file("folder/one", make([]byte, 10)))
	d.file("folder/sub/two", make([]byte, 20))
	special := []string{
		d.file("ana.card", card),
		d.file("key.txt", []byte("# created: 2026\nAGE-SECRET-KEY-1QQQQ\n")),
		d.file("id_ed25519", []byte("-----BEGIN OPENSSH PRIVATE KEY-----\n")),
		d.file("team", []byte("# team\n"+d.me.Public().Recipient.Text+"\n")),
		d.file("ask", append([]byte("# CryptoDesk release request v1\n"), card...)),
		d.file("Ana.DEPOSIT.age", []byte("age-encryption.org/v1\n")),
		d.file("Ana (2).release.age", []byte("-----BEGIN AGE ENCRYPTED FILE-----\n")),
		d.file("share 1", []byte("# CryptoDesk share v1\n# name: Ana\nacademic acid acne\n")),
		d.file("page", append([]byte("%PDF-1.7\n"), append(make([]byte, 9000), []byte("<< /Producer (CryptoDesk) >>\ntrailer\n%%EOF\n")...)...)),
		d.file("Keyring.age.2026-11-26.aside", []byte(scryptHeader)),
		d.file("Ana backup 2026-11-26 (2).age", []byte(scryptHeader)),
	}
	link := d.path("link")
	os.Symlink(plain, link)
	dangling := d.path("dangling")
	os.Symlink(d.path("nothing"), dangling)
	loop := d.path("loop")
	os.Symlink(loop, loop)
	fifo := d.path("fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	home, _ := os.UserHomeDir()

	p := d.look(Auto, append([]string{plain, plain, sealed, damaged, folder, link, dangling, loop, fifo, "/dev/null", "/", home, d.path("gone")}, special...)...)

	if len(p.Encrypt) != 3 || p.Bytes != 5+30+5 || p.Files != 4 {
		t.Errorf("encrypt: %d items, %d bytes, %d files", len(p.Encrypt), p.Bytes, p.Files)
	}
	if len(p.Open) != 2 || p.Open[0].Problem != nil || p.Open[1].Access != Unreadable {
		t.Errorf("open: %+v", p.Open)
	}
	for i, want := range []Special{CardFile, IdentityFile, IdentityFile, RecipientsFile, RequestFile, DepositFile, ReleaseFile,
		ShareFile, SheetFile, KeyringFile, KeyringFile} {
		if p.Special[i].Special != want {
			t.Errorf("%s is %d, want %d", p.Special[i].Path, p.Special[i].Special, want)
		}
	}
	for i, want := range []fault.Kind{fault.DanglingLink, fault.LinkLoop, fault.NotRegular, fault.NotRegular, fault.Protected, fault.Protected, fault.NotFound} {
		if got := p.Refused[i].Problem.Kind; got != want {
			t.Errorf("%s: %s, want %s", p.Refused[i].Path, got, want)
		}
	}
}

// scryptHeader is a file with a passphrase, as far as a look goes.
const scryptHeader = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" +
	"--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef0123456789abcdef"

// marked knows one header as that of a backup, and has no keys.
type marked string

func (marked) Opens([]byte) (string, bool, bool) { return "", false, false }
func (m marked) Backup(header []byte) bool {
	return len(header) > 0 && strings.HasPrefix(string(m), string(header))
}

func TestLookKnowsABackupByItsHeader(t *testing.T) {
	d := newDesk(t)
	path := d.file("holiday.age", []byte(scryptHeader))
	for keys, want := range map[Keys]Special{marked(scryptHeader): KeyringFile, marked(""): NotSpecial} {
		for intent, special := range map[Intent]Special{Auto: want, ToOpen: NotSpecial} {
			p, err := Look(context.Background(), []string{path}, intent, keys)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(p.Special); n != 0 != (special == KeyringFile) || n+len(p.Open) != 1 {
				t.Errorf("%v with %q: %+v", intent, keys, p)
			}
		}
	}
	for _, name := range []string{"my keyring.age", "a backup of 2026-11-26.age", "backup.age"} {
		if p := d.look(Auto, d.file(name, []byte(scryptHeader))); len(p.Open) != 1 || p.Open[0].Access != ByPassphrase {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := d.look(Auto, d.file("other.pdf", []byte("%PDF-1.7\n/Producer (Somebody)\n%%EOF\n"))); len(p.Encrypt) != 1 {
		t.Errorf("anybody's PDF: %+v", p)
	}
}

func TestLookToOpenRefusesWhatIsNotEncrypted(t *testing.T) {
	d := newDesk(t)
	if p := d.look(ToOpen, d.file("x.deposit.age", []byte("age-encryption.org/v1\n"))); len(p.Open) != 1 || len(p.Special) != 0 {
		t.Errorf("somebody who says so opens a deposit: %+v", p)
	}
	if p := d.look(Auto, d.file("y.deposit.age", []byte("hello"))); len(p.Encrypt) != 1 {
		t.Errorf("a name alone makes no deposit: %+v", p)
	}
	p := d.look(ToOpen, d.file("empty.age", nil), d.file("letter", []byte("Dear Bo")), filepath.Dir(d.file("dir/x", nil)))
	for i, want := range []fault.Kind{fault.Empty, fault.NotEncrypted, fault.NotEncrypted} {
		if got := p.Refused[i].Problem.Kind; got != want {
			t.Errorf("%s: %s, want %s", p.Refused[i].Path, got, want)
		}
	}
}

func TestLookStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Look(ctx, []string{"/tmp"}, Auto, nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("answered %v", err)
	}
}

func TestResultNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		opened string
		folder bool
	}{
		{"report.pdf.age", "report.pdf", false},
		{"REPORT.PDF.AGE", "REPORT.PDF", false},
		{"holiday.tar.age", "holiday", true},
		{".age", ".age.opened", false},
		{".tar.age", ".tar", false},
		{"letter", "letter.opened", false},
	} {
		path, folder := OpenedPath(Item{Path: "/in/" + c.name}, OpenOptions{})
		if path != "/in/"+c.opened || folder != c.folder {
			t.Errorf("%s opens to %s, %v", c.name, path, folder)
		}
	}
}
