package agefile

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/tag"
	"filippo.io/hpke"
	"filippo.io/nistec"
	"github.com/creack/pty"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

var sizes = []int{0, 1, 65535, 65536, 65537, 10<<20 + 3}

// stock runs a stock program with input and answers what it wrote.
func stock(t *testing.T, input io.Reader, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t, name), args...)
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, &complaint)
	}
	return out.Bytes()
}

// keyFile is a key as the stock programs keep it: a private key file and a
// public key that -r takes.
type keyFile struct {
	name, path, public string
}

func stockKeys(t *testing.T) []keyFile {
	dir := t.TempDir()
	var keys []keyFile
	for name, args := range map[string][]string{"x25519": nil, "hybrid": {"-pq"}} {
		path := filepath.Join(dir, name)
		stock(t, nil, "age-keygen", append(args, "-o", path)...)
		public := strings.TrimSpace(string(stock(t, nil, "age-keygen", "-y", path)))
		keys = append(keys, keyFile{name, path, public})
	}
	for name, args := range map[string][]string{"ed25519": nil, "rsa": {"-b", "3072"}} {
		path := filepath.Join(dir, name)
		cmd := exec.Command("ssh-keygen", append([]string{"-q", "-N", "", "-C", "", "-t", name, "-f", path}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
		public, err := os.ReadFile(path + ".pub")
		must(t, err)
		keys = append(keys, keyFile{"ssh-" + name, path, strings.TrimSpace(string(public))})
	}
	return keys
}

// ours is the key as this program uses it.
func (k keyFile) ours(t *testing.T) pair {
	t.Helper()
	r, err := identity.ParseRecipient(k.public)
	must(t, err)
	to, err := r.Age(nil)
	must(t, err)
	text, err := os.ReadFile(k.path)
	must(t, err)
	b := secret.Take(text)
	defer b.Destroy()
	pairs, err := identity.ParseIdentityFile(b)
	must(t, err)
	opened, err := identity.Open(pairs...)
	must(t, err)
	t.Cleanup(opened.Close)
	return pair{[]age.Recipient{to}, opened.Identities()}
}

func TestStockOpensOurs(t *testing.T) {
	for _, key := range stockKeys(t) {
		for _, size := range sizes {
			for _, armored := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/armor=%v", key.name, size, armored), func(t *testing.T) {
					s := newShop(t)
					plain := randomBytes(size)
					must(t, s.encrypt(s.put("in", plain), s.path("in.age"), key.ours(t).to, Options{Armor: armored}))
					equal(t, stock(t, nil, "age", "-d", "-i", key.path, s.path("in.age")), plain)
					if starts := bytes.HasPrefix(s.get(s.path("in.age")), []byte("-----BEGIN")); starts != armored {
						t.Errorf("armored %v, want %v", starts, armored)
					}
				})
			}
		}
	}
}

func TestOursOpensStock(t *testing.T) {
	for _, key := range stockKeys(t) {
		for _, size := range sizes {
			for _, armored := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/armor=%v", key.name, size, armored), func(t *testing.T) {
					s := newShop(t)
					plain := randomBytes(size)
					args := []string{"-r", key.public, "-o", s.path("in.age")}
					if armored {
						args = append(args, "-a")
					}
					stock(t, bytes.NewReader(plain), "age", args...)
					info, err := Inspect(s.path("in.age"))
					must(t, err)
					if info.Problem != nil || info.Armored != armored || info.PlainSize != int64(size) || !info.PlainSizeExact {
						t.Errorf("inspect: %+v", info)
					}
					must(t, s.decrypt(s.path("in.age"), s.path("out"), key.ours(t).id, Options{}))
					equal(t, s.get(s.path("out")), plain)
				})
			}
		}
	}
}

// typing runs a stock program at a terminal and answers each prompt in turn.
func typing(t *testing.T, cmd *exec.Cmd, answers ...[2]string) {
	t.Helper()
	terminal, err := pty.Start(cmd)
	must(t, err)
	defer terminal.Close()
	var shown []byte
	block := make([]byte, 1024)
	for {
		n, err := terminal.Read(block)
		shown = append(shown, block[:n]...)
		if len(answers) > 0 && bytes.Contains(shown, []byte(answers[0][0])) {
			_, err := io.WriteString(terminal, answers[0][1]+"\n")
			must(t, err)
			answers, shown = answers[1:], nil
		}
		if err != nil { // EIO when the program has ended
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, shown)
	}
}

func TestStockPassphrase(t *testing.T) {
	const words = "correct horse 배터리 staple"
	s := newShop(t)
	plain := randomBytes(100_000)
	in := s.put("in", plain)
	pass := phrase(t, words, workFactor)

	must(t, s.encrypt(in, s.path("ours.age"), []age.Recipient{pass}, Options{}))
	typing(t, exec.Command(program(t, "age"), "-d", "-o", s.path("ours"), s.path("ours.age")),
		[2]string{"Enter passphrase", words})
	equal(t, s.get(s.path("ours")), plain)

	typing(t, exec.Command(program(t, "age"), "-p", "-o", s.path("theirs.age"), in),
		[2]string{"Enter passphrase", words}, [2]string{"Confirm passphrase", words})
	info, err := Inspect(s.path("theirs.age"))
	must(t, err)
	if !info.Passphrase || info.WorkFactor != 18 || info.PostQuantum || info.Problem != nil {
		t.Errorf("inspect: %+v", info)
	}
	must(t, s.decrypt(s.path("theirs.age"), s.path("theirs"), []age.Identity{pass}, Options{}))
	equal(t, s.get(s.path("theirs")), plain)
}

// A hardware key is not at hand: the stanza is what can be looked at.
func TestTagRecipients(t *testing.T) {
	point, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	p, err := nistec.NewP256Point().SetBytes(point.PublicKey().Bytes())
	must(t, err)
	classic, err := tag.NewClassicRecipient(p.BytesCompressed())
	must(t, err)
	both, err := hpke.MLKEM768P256().GenerateKey()
	must(t, err)
	quantum, err := tag.NewHybridRecipient(both.PublicKey().Bytes())
	must(t, err)
	for name, r := range map[string]*tag.Recipient{"p256tag": classic, "mlkem768p256tag": quantum} {
		t.Run(name, func(t *testing.T) {
			known, err := identity.ParseRecipient(r.String())
			must(t, err)
			to, err := known.Age(nil)
			must(t, err)
			s := newShop(t)
			must(t, s.encrypt(s.put("in", []byte("text")), s.path("in.age"), []age.Recipient{to}, Options{}))
			info, err := Inspect(s.path("in.age"))
			must(t, err)
			if len(info.Stanzas) != 1 || info.Stanzas[0].Type != name || info.Stanzas[0].Tag == "" || info.Problem != nil {
				t.Errorf("inspect: %+v", info)
			}
			if info.PostQuantum != (r == quantum) || info.PlainSize != 4 {
				t.Errorf("inspect: %+v", info)
			}
		})
	}
}

func TestStockFolder(t *testing.T) {
	key := stockKeys(t)[0]
	s := newShop(t)
	tree := makeTree(t, s.path("사진 folder"))
	notes, err := s.pack(tree, s.path("f.tar.age"), key.ours(t).to)
	must(t, err)
	if len(notes) != 0 {
		t.Errorf("notes %v", notes)
	}
	must(t, os.Mkdir(s.path("theirs"), 0o700))
	untar := exec.Command("tar", "x", "-p", "-C", s.path("theirs"))
	untar.Stdin = bytes.NewReader(stock(t, nil, "age", "-d", "-i", key.path, s.path("f.tar.age")))
	if out, err := untar.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("tar: %v %s", err, out)
	}
	sameTree(t, filepath.Join(s.path("theirs"), "사진 folder"), tree)

	for _, how := range [][]string{{"--format=gnu"}, {"--format=pax"}, {"--format=gnu", "--sparse"}, {"--format=pax", "--sparse"}} {
		t.Run(strings.Join(how, " "), func(t *testing.T) {
			s := newShop(t)
			args := append([]string{"c", "-C", filepath.Dir(tree)}, how...)
			packed, err := exec.Command("tar", append(args, filepath.Base(tree))...).Output()
			must(t, err)
			stock(t, bytes.NewReader(packed), "age", "-r", key.public, "-o", s.path("f.tar.age"))
			got, err := s.extract(s.path("f.tar.age"), s.path("f"), key.ours(t).id)
			must(t, err)
			if got.Name != "사진 folder" || got.File || len(got.Notes) != 0 {
				t.Errorf("%+v", got)
			}
			s.holds("f", "f.tar.age")
			sameTreeTo(t, s.path("f"), tree, how[0] == "--format=pax")
		})
	}
}

// 5 GiB: past every 32-bit border. Most of the source is a hole.
func TestStockFiveGiB(t *testing.T) {
	if os.Getenv("CRYPTODESK_LONG") == "" {
		t.Skip("writes 10 GiB and takes minutes: set CRYPTODESK_LONG=1")
	}
	key := stockKeys(t)[0]
	t.Setenv("TMPDIR", "/var/tmp")
	s := newShop(t)
	const size = 5<<30 + 7
	in := s.put("in", nil)
	must(t, os.Truncate(in, size))
	f, err := os.OpenFile(in, os.O_WRONLY, 0)
	must(t, err)
	for _, at := range []int64{0, 1<<31 - 5, 1<<32 - 5, size - 9} {
		_, err := f.WriteAt([]byte("something"), at)
		must(t, err)
	}
	must(t, f.Close())
	want := sum(t, in)

	must(t, s.encrypt(in, s.path("in.age"), key.ours(t).to, Options{}))
	stock(t, nil, "age", "-d", "-i", key.path, "-o", s.path("out"), s.path("in.age"))
	if sum(t, s.path("out")) != want {
		t.Error("age decrypts ours to something else")
	}
	must(t, os.Remove(s.path("out")))
	must(t, os.Remove(s.path("in.age")))

	stock(t, nil, "age", "-r", key.public, "-o", s.path("in.age"), in)
	must(t, s.decrypt(s.path("in.age"), s.path("out"), key.ours(t).id, Options{}))
	if sum(t, s.path("out")) != want {
		t.Error("we decrypt age's to something else")
	}
}
