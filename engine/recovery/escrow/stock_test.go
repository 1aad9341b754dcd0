package escrow

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/identity"
)

// stock builds the age program this module pins.
func stock(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "age")
}

// With nothing but the stock program: the deposit opens to a list of keys that
// opens files, the request is a list of recipients, and what is encrypted to it
// opens in the same way.
func TestStock(t *testing.T) {
	d := newDesk(t)
	age := stock(t)
	run := func(in []byte, args ...string) []byte {
		t.Helper()
		c := exec.Command(age, args...)
		c.Stdin, c.Dir = bytes.NewReader(in), t.TempDir()
		var said strings.Builder
		c.Stderr = &said
		out, err := c.Output()
		if err != nil {
			t.Fatalf("age %s: %v %s", strings.Join(args, " "), err, said.String())
		}
		return out
	}
	private := func(p *person) string {
		path := d.at(p.name + filepath.Base(p.dir))
		text := must(p.ring.Text())
		defer text.Destroy()
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write := func(name string, text []byte) string {
		if err := os.WriteFile(d.at(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		return d.at(name)
	}
	mine := d.old.ring.Keys()[0].Public()
	files := [][]byte{encrypt(t, mine.Recipient, "holiday"), encrypt(t, mine.Classic, "holiday")}
	opens := func(keys string) {
		t.Helper()
		for _, file := range files {
			if got := run(file, "-d", "-i", keys); string(got) != "holiday" {
				t.Errorf("got %q", got)
			}
		}
	}
	keys := run(nil, "-d", "-i", private(d.ben), d.deposit)
	opens(write("keys", keys))
	opens(write("released", run(run(keys, "-R", d.request), "-d", "-i", private(d.fresh))))

	c := must(d.read(t, day))
	must(d.release(t, c, strings.Join(d.code, " "), "Ana.release.age", day))
	opens(write("keys", run(nil, "-d", "-i", private(d.fresh), d.at("Ana.release.age"))))

	// The card in the form is one that anybody can encrypt to.
	var card []string
	for line := range strings.Lines(string(keys)) {
		if text, ok := strings.CutPrefix(line, cardMark); ok {
			card = append(card, text)
		}
	}
	sealed := run([]byte("holiday"), "-R", write("card", []byte(strings.Join(card, ""))))
	files = [][]byte{sealed}
	opens(write("keys", keys))
}

// The four words can be had from a shell, as FORMATS.md says.
func TestCodeByHand(t *testing.T) {
	d := newDesk(t)
	by := func(script, file string) string {
		t.Helper()
		out, err := exec.Command("sh", "-c", script, "sh", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		bits, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(out)), ":", ""))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(identity.Spoken(bits, codeWords), " ")
	}
	const kdf = ` | sha256sum | cut -d' ' -f1) && openssl kdf -keylen 6 -kdfopt digest:SHA512 -kdfopt hexpass:$sum -kdfopt salt:"CryptoDesk v1: release `
	request := `sum=$( (echo "CryptoDesk v1: release request"; grep -v '^# request signature: ' "$1")` + kdf + `code" -kdfopt iter:1048576 PBKDF2`
	if got := by(request, d.request); got != strings.Join(d.code, " ") {
		t.Errorf("by hand the code is %s", got)
	}
	c := must(d.read(t, day))
	answer := must(d.release(t, c, strings.Join(d.code, " "), "r", day))
	if got := by(`sum=$(cat "$1"`+kdf+`answer" -kdfopt iter:1048576 PBKDF2`, d.at("r")); got != strings.Join(answer, " ") {
		t.Errorf("by hand the answer is %s", got)
	}
}
