package agefile

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	agetest "c2sp.org/CCTV/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// FuzzInspect reads anything as an age file without a key. It must neither
// panic nor grow, and what it accepts must be what age's own parser accepts.
func FuzzInspect(f *testing.F) {
	entries, err := fs.ReadDir(agetest.Vectors, ".")
	must(f, err)
	for _, e := range entries {
		data, err := fs.ReadFile(agetest.Vectors, e.Name())
		must(f, err)
		if _, file, ok := bytes.Cut(data, []byte("\n\n")); ok && len(file) < 5000 {
			f.Add(file)
		}
	}
	key := x25519(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		info := InspectReader(bytes.NewReader(data), int64(len(data)))
		if info.PlainSize > int64(len(data)) || info.PlainSize < -1 || info.PlainSizeExact != (info.PlainSize >= 0) {
			t.Errorf("%+v", info)
		}
		raw, armored, payload, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if info.Problem == nil || fault.Of(err) != info.Problem.Kind || fault.Of(err) == fault.Internal {
				t.Errorf("%v, and %v", err, info.Problem)
			}
			return
		}
		if !armored && (payload != int64(len(raw)) || !bytes.HasPrefix(data, raw)) {
			t.Error("the header is not how the file starts")
		}
		if len(info.Stanzas) == 0 {
			t.Error("a header without stanzas")
		}
		switch _, err := OpenHeader(raw, key.id...); fault.Of(err) {
		case fault.NoKey, fault.NeedPassphrase, fault.HeaderDamaged:
		default:
			t.Errorf("opened with a key it was not made for: %v", err)
		}
	})
}

// FuzzExtract unpacks anything that calls itself a tar. Whatever happens,
// nothing outside the folder appears or changes, and nothing in it leads out.
func FuzzExtract(f *testing.F) {
	const dir, link, hard, char = '5', '2', '1', '3'
	for _, entries := range [][]in{
		{{name: "a", data: "a"}},
		{{name: "d/", kind: dir}, {name: "d/a", data: "a"}, {name: "d/l", kind: link, to: "a"}, {name: "d/h", kind: hard, to: "d/a"}},
		{{name: "../x", data: "x"}},
		{{name: "/x", data: "x"}},
		{{name: "a/../../x", data: "x"}},
		{{name: "l", kind: link, to: ".."}, {name: "l/x", data: "x"}},
		{{name: "l", kind: link, to: "/tmp"}, {name: "m", kind: link, to: "l/../x"}},
		{{name: "d/e/", kind: dir}, {name: "d/e/t", kind: link, to: "../.."}, {name: "o", kind: link, to: "d/e/t/../x"}, {name: "z"}},
		{{name: "a"}, {name: "a"}},
		{{name: "dev", kind: char}},
		{{name: "h", kind: hard, to: "../precious"}},
		{{name: "한글 " + string(rune(0x202e)), data: "x"}},
	} {
		f.Add(archive(f, entries...))
	}
	sparseLimit = 64 << 20
	store := safefile.New(filepath.Join(f.TempDir(), "journal"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		above := t.TempDir()
		outer := filepath.Join(above, "outer")
		must(t, os.Mkdir(outer, 0o700))
		must(t, os.WriteFile(filepath.Join(outer, "precious"), []byte("precious"), 0o600))
		dst, err := store.CreateDir(filepath.Join(outer, "out"), 0o700)
		must(t, err)
		defer dst.Discard()
		_, err = unpack(t.Context(), bytes.NewReader(data), dst)
		if err != nil {
			if k := fault.Of(err); k == fault.Internal || k == "" {
				t.Errorf("not a fault for people: %v", err)
			}
			dst.Discard()
			only(t, outer, "precious")
		} else {
			leadsNowhereElse(t, dst.Root())
			dst.Discard()
		}
		only(t, above, "outer")
		kept, err := os.ReadFile(filepath.Join(outer, "precious"))
		must(t, err)
		equal(t, kept, []byte("precious"))
	})
}

func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	(&shop{t: t, dir: dir}).holds(names...)
}

// leadsNowhereElse opens everything through the root, which refuses to leave it.
func leadsNowhereElse(t *testing.T, root *os.Root) {
	t.Helper()
	_ = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		if _, err := root.Stat(path); err != nil {
			if k := fault.Of(err); k != fault.NotFound && k != fault.LinkLoop {
				t.Errorf("%q leads out: %v", path, err)
			}
		}
		return nil
	})
}
