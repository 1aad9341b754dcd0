package agefile

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	agetest "c2sp.org/CCTV/age"
	"filippo.io/age"

	"cryptodesk/engine/fault"
)

func TestInspectSizes(t *testing.T) {
	key := hybrid(t)
	for size := range 150 {
		inspectSize(t, key, size)
	}
	for _, size := range sizes {
		inspectSize(t, key, size)
	}
}

func inspectSize(t *testing.T, key pair, size int) {
	t.Helper()
	for _, armored := range []bool{false, true} {
		file, _ := sealed(t, size, key.to, Options{Armor: armored})
		forms := [][]byte{file}
		if armored {
			forms = append(forms, bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")), append([]byte(" \n\n"), append(file, "\n \n"...)...))
		}
		for _, form := range forms {
			info := InspectReader(bytes.NewReader(form), int64(len(form)))
			if info.PlainSize != int64(size) || !info.PlainSizeExact || info.Armored != armored || info.Problem != nil || info.Size != int64(len(form)) {
				t.Errorf("%d bytes: %+v", size, info)
			}
			if !info.PostQuantum || info.Passphrase || len(info.Stanzas) != 1 || info.Stanzas[0] != (Stanza{Type: "mlkem768x25519"}) {
				t.Errorf("%+v", info)
			}
		}
	}
}

func TestInspectNamesTheKeysThatSayTheirs(t *testing.T) {
	for _, key := range stockKeys(t) {
		file, _ := sealed(t, 1, key.ours(t).to, Options{})
		info := InspectReader(bytes.NewReader(file), int64(len(file)))
		if info.Problem != nil || len(info.Stanzas) != 1 || info.PostQuantum != (key.name == "hybrid") {
			t.Errorf("%s: %+v", key.name, info)
		}
		if ssh := strings.HasPrefix(key.name, "ssh-"); ssh != (info.Stanzas[0].Tag != "") {
			t.Errorf("%s: %+v", key.name, info.Stanzas)
		}
	}
}

// Inspect must never be surprised: of every vector, what can be opened has no
// problem and the right size, and what has a damaged header says so.
func TestInspectCCTV(t *testing.T) {
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	must(t, err)
	for _, e := range entries {
		data, err := fs.ReadFile(agetest.Vectors, e.Name())
		must(t, err)
		v := parseVector(t, data)
		info := InspectReader(bytes.NewReader(v.file), int64(len(v.file)))
		if v.expect == "success" && (info.Problem != nil || !info.PlainSizeExact) {
			t.Errorf("%s: %+v", e.Name(), info)
		}
		if info.Problem == nil && len(info.Stanzas) == 0 {
			t.Errorf("%s: no stanzas", e.Name())
		}
	}
}

func TestInspectProblems(t *testing.T) {
	file, _ := sealed(t, 100_000, x25519(t).to, Options{})
	scrypt, _ := sealed(t, 10, []age.Recipient{phrase(t, "p", 4)}, Options{})
	text, _ := sealed(t, 100_000, x25519(t).to, Options{Armor: true})
	header := headerOf(t, file)
	for name, c := range map[string]struct {
		data []byte
		kind fault.Kind
	}{
		"empty":          {nil, fault.Empty},
		"text":           {[]byte("hello"), fault.NotEncrypted},
		"version":        {bytes.Replace(file, []byte("v1"), []byte("v9"), 1), fault.TooNew},
		"header only":    {header, fault.Truncated},
		"half a header":  {header[:100], fault.Truncated},
		"half a nonce":   {file[:len(header)+8], fault.Truncated},
		"no last chunk":  {file[:len(header)+16+65536+16+16], fault.Truncated},
		"armor cut":      {text[:len(text)-5000], fault.ArmorDamaged},
		"bad stanza":     {bytes.Replace(file, []byte("->"), []byte("=>"), 1), fault.HeaderDamaged},
		"scrypt and key": {bytes.Replace(scrypt, []byte("\n--- "), []byte("\n-> X25519 abc\n\n--- "), 1), fault.HeaderDamaged},
	} {
		info := InspectReader(bytes.NewReader(c.data), int64(len(c.data)))
		if fault.Of(info.Problem) != c.kind {
			t.Errorf("%s: %v, want %s", name, info.Problem, c.kind)
		}
	}
}

func TestInspectJSON(t *testing.T) {
	s := newShop(t)
	info, err := Inspect(s.put("in", []byte("hello")))
	must(t, err)
	if info.Problem.Subject != s.path("in") {
		t.Errorf("about %q", info.Problem.Subject)
	}
	text, err := json.Marshal(info)
	must(t, err)
	const want = `{"armored":false,"size":5,"plainSize":-1,"plainSizeExact":false,"passphrase":false,"postQuantum":false,"stanzas":null,"problem":"NotEncrypted"}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
