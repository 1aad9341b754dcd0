package agefile

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
)

// in is one entry of an archive made by hand.
type in struct {
	name string
	kind byte
	to   string
	data string
	mode int64
}

func archive(t testing.TB, entries ...in) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		if e.kind == 0 {
			e.kind = tar.TypeReg
		}
		if e.mode == 0 {
			e.mode = 0o644
			if e.kind == tar.TypeDir {
				e.mode = 0o755
			}
		}
		must(t, w.WriteHeader(&tar.Header{Typeflag: e.kind, Name: e.name, Linkname: e.to, Size: int64(len(e.data)), Mode: e.mode, Format: tar.FormatPAX, ModTime: someTime}))
		_, err := w.Write([]byte(e.data))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// unpacked encrypts an archive and extracts it to "out" in a folder of a folder,
// beside a file that must stay as it is.
func unpacked(t *testing.T, data []byte) (*shop, Extracted, error) {
	t.Helper()
	key := x25519(t)
	src, s := newShop(t), newShop(t)
	s.put("precious", []byte("precious"))
	must(t, src.encrypt(src.put("a.tar", data), src.path("a.tar.age"), key.to, Options{}))
	got, err := s.extract(src.path("a.tar.age"), s.path("out"), key.id)
	equal(t, s.get(s.path("precious")), []byte("precious"))
	return s, got, err
}

// hostile wants one of kinds, and nothing left behind, also not above the folder.
func hostile(t *testing.T, kind fault.Kind, entries ...in) {
	t.Helper()
	hostileArchive(t, kind, archive(t, entries...))
}

func hostileArchive(t *testing.T, kind fault.Kind, data []byte) {
	t.Helper()
	s, _, err := unpacked(t, data)
	want(t, err, kind)
	s.holds("precious")
	above, _ := os.ReadDir(filepath.Dir(s.dir))
	for _, e := range above {
		if len(e.Name()) != 3 { // the numbered folders of this test
			t.Errorf("%q appeared above the folder", e.Name())
		}
	}
	for _, path := range []string{"/cryptodesk-hostile", "/tmp/cryptodesk-hostile"} {
		if _, err := os.Lstat(path); err == nil {
			os.Remove(path)
			t.Errorf("%s appeared", path)
		}
	}
}

func TestTarDotDot(t *testing.T) {
	for _, name := range []string{"../x", "a/../../x", "..", "a/..", "a/../b", "./../x", "../precious"} {
		hostile(t, fault.UnsafePath, in{name: "ok"}, in{name: name, data: "x"})
	}
	hostile(t, fault.UnsafePath, in{name: "../", kind: tar.TypeDir})
	hostile(t, fault.UnsafePath, in{name: "../l", kind: tar.TypeSymlink, to: "x"})
	hostile(t, fault.UnsafePath, in{name: "a"}, in{name: "../l", kind: tar.TypeLink, to: "a"})
}

func TestTarAbsoluteName(t *testing.T) {
	hostile(t, fault.UnsafePath, in{name: "/cryptodesk-hostile", data: "x"})
	hostile(t, fault.UnsafePath, in{name: "//tmp/cryptodesk-hostile", data: "x"})
	hostile(t, fault.UnsafePath, in{name: "/", kind: tar.TypeDir})
}

func TestTarDuplicateNames(t *testing.T) {
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "a", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "./a", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "a", kind: tar.TypeDir})
	hostile(t, fault.DuplicateEntry, in{name: "a/", kind: tar.TypeDir}, in{name: "a", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "d/a", data: "1"}, in{name: "d", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "a/b", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "a/b/c", data: "2"})
	hostile(t, fault.DuplicateEntry, in{name: "a", data: "1"}, in{name: "a", kind: tar.TypeSymlink, to: "b"})
	hostile(t, fault.DuplicateEntry, in{name: ".", data: "1"})
	// The same folder twice is what `tar c a a/b` writes, and harmless.
	s, _, err := unpacked(t, archive(t, in{name: "a", kind: tar.TypeDir}, in{name: "a/b", data: "1"}, in{name: "a/", kind: tar.TypeDir, mode: 0o710}))
	must(t, err)
	info, err := os.Stat(s.path("out"))
	must(t, err)
	if info.Mode().Perm() != 0o710 {
		t.Error(info.Mode())
	}
}

// A name that the archive makes a link can never be written through.
func TestTarWriteThroughLink(t *testing.T) {
	hostile(t, fault.DuplicateEntry, in{name: "l", kind: tar.TypeSymlink, to: ".."}, in{name: "l/precious", data: "x"})
	hostile(t, fault.DuplicateEntry, in{name: "l", kind: tar.TypeSymlink, to: "../precious"}, in{name: "l", data: "x"})
	hostile(t, fault.DuplicateEntry, in{name: "l", kind: tar.TypeSymlink, to: "/tmp"}, in{name: "l/cryptodesk-hostile", data: "x"})
	hostile(t, fault.DuplicateEntry, in{name: "l", kind: tar.TypeSymlink, to: "/tmp"}, in{name: "l/d/", kind: tar.TypeDir})
}

func TestTarLinksOut(t *testing.T) {
	for _, to := range []string{"/etc/passwd", "..", "../precious", "d/../../precious", "../../../../../../etc/passwd", "/", ""} {
		if to == "" {
			continue // archive/tar refuses to write it
		}
		s, got, err := unpacked(t, archive(t, in{name: "a", data: "a"}, in{name: "l", kind: tar.TypeSymlink, to: to}, in{name: "d/", kind: tar.TypeDir}))
		must(t, err)
		if len(got.Notes) != 1 || got.Notes[0].Kind != fault.UnsafeLink || got.Notes[0].Subject != "l" {
			t.Errorf("%s: notes %v", to, got.Notes)
		}
		if _, err := os.Lstat(s.path("out/l")); err == nil {
			t.Errorf("a link to %q was made", to)
		}
		equal(t, s.get(s.path("out/a")), []byte("a"))
	}
	for _, to := range []string{"/etc/passwd", "../precious", ".."} {
		s, got, err := unpacked(t, archive(t, in{name: "a", data: "a"}, in{name: "l", kind: tar.TypeLink, to: to}))
		must(t, err)
		if len(got.Notes) != 1 || got.Notes[0].Kind != fault.UnsafeLink {
			t.Errorf("%s: notes %v", to, got.Notes)
		}
		if _, err := os.Lstat(s.path("out/l")); err == nil {
			t.Errorf("a hard link to %q was made", to)
		}
	}
}

// Each link is harmless alone; together they lead out.
func TestTarLinksOutTogether(t *testing.T) {
	s, got, err := unpacked(t, archive(t,
		in{name: "z"}, in{name: "deep/er/", kind: tar.TypeDir},
		in{name: "deep/er/top", kind: tar.TypeSymlink, to: "../.."},
		in{name: "out", kind: tar.TypeSymlink, to: "deep/er/top/../precious"},
		in{name: "in", kind: tar.TypeSymlink, to: "deep/er/top/z"}))
	must(t, err)
	if len(got.Notes) != 1 || got.Notes[0].Subject != "out" {
		t.Errorf("notes %v", got.Notes)
	}
	if _, err := os.Lstat(s.path("out/out")); err == nil {
		t.Error("a link out was made")
	}
	if _, err := os.Stat(s.path("out/in")); err != nil {
		t.Error(err)
	}
}

// A link inside the archive that leaves its one top folder would lead out of
// what is published.
func TestTarLinkOutOfTheTopFolder(t *testing.T) {
	s, got, err := unpacked(t, archive(t, in{name: "top/a", data: "a"},
		in{name: "top/out", kind: tar.TypeSymlink, to: "../top/a"}, in{name: "top/in", kind: tar.TypeSymlink, to: "a"},
		in{name: "top/hard", kind: tar.TypeLink, to: "top/a"}))
	must(t, err)
	if got.Name != "top" || len(got.Notes) != 1 || got.Notes[0].Subject != "out" {
		t.Errorf("%+v", got)
	}
	equal(t, s.get(s.path("out/in")), []byte("a"))
	equal(t, s.get(s.path("out/hard")), []byte("a"))
}

func TestTarHardLinkToNothing(t *testing.T) {
	hostile(t, fault.ArchiveDamaged, in{name: "l", kind: tar.TypeLink, to: "missing"})
	hostile(t, fault.ArchiveDamaged, in{name: "l", kind: tar.TypeLink, to: "l"})
	hostile(t, fault.ArchiveDamaged, in{name: "d/", kind: tar.TypeDir}, in{name: "l", kind: tar.TypeLink, to: "d"})
}

func TestTarSymlinkLoop(t *testing.T) {
	s, got, err := unpacked(t, archive(t, in{name: "a"}, in{name: "x", kind: tar.TypeSymlink, to: "y"}, in{name: "y", kind: tar.TypeSymlink, to: "x"}))
	must(t, err)
	if len(got.Notes) != 0 || got.Entries != 3 {
		t.Errorf("%+v", got)
	}
	if to, err := os.Readlink(s.path("out/x")); to != "y" {
		t.Error(to, err)
	}
}

func TestTarDevices(t *testing.T) {
	for _, kind := range []byte{tar.TypeChar, tar.TypeBlock, tar.TypeFifo} {
		hostile(t, fault.UnsupportedEntry, in{name: "a", data: "a"}, in{name: "dev", kind: kind})
	}
}

func TestTarTenThousandDeep(t *testing.T) {
	hostile(t, fault.TooDeep, in{name: strings.Repeat("d/", 10_000) + "f", data: "x"})
	hostile(t, fault.TooDeep, in{name: strings.Repeat("d/", 1001), kind: tar.TypeDir}, in{name: strings.Repeat("d/", 1001) + "f"})
}

// As deep as allowed goes both ways.
func TestThousandDeep(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	root, err := os.OpenRoot(s.dir)
	must(t, err)
	defer root.Close()
	path := "deep" + strings.Repeat("/d", maxDepth-1)
	must(t, root.MkdirAll(path, 0o700))
	f, err := root.Create(path + "/f")
	must(t, err)
	must(t, f.Close())
	_, err = s.pack(s.path("deep"), s.path("deep.tar.age"), key.to)
	must(t, err)
	_, err = s.extract(s.path("deep.tar.age"), s.path("again"), key.id)
	must(t, err)
	if _, err := root.Stat("again" + path[len("deep"):] + "/f"); err != nil {
		t.Error(err)
	}
	must(t, root.Mkdir(path+"/d", 0o700))
	_, err = s.pack(s.path("deep"), s.path("deeper.tar.age"), key.to)
	want(t, err, fault.TooDeep)
	s.holds("again", "deep", "deep.tar.age")
	must(t, root.RemoveAll("deep"))
	must(t, root.RemoveAll("again"))
}

func TestTarLongNames(t *testing.T) {
	hostile(t, fault.NameTooLong, in{name: strings.Repeat("n", 256), data: "x"})
	hostile(t, fault.NameTooLong, in{name: strings.Repeat(strings.Repeat("n", 255)+"/", 300) + "f"})
}

func TestTarSetuidIsDropped(t *testing.T) {
	s, _, err := unpacked(t, archive(t, in{name: "d/", kind: tar.TypeDir, mode: 0o2777}, in{name: "d/f", mode: 0o6755, data: "x"}, in{name: "g"}))
	must(t, err)
	for name, mode := range map[string]os.FileMode{"out/d": os.ModeDir | 0o777, "out/d/f": 0o755} {
		info, err := os.Stat(s.path(name))
		must(t, err)
		if info.Mode() != mode {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestTarDamaged(t *testing.T) {
	good := archive(t, in{name: "a", data: strings.Repeat("a", 5000)}, in{name: "b", data: "b"})
	hostileArchive(t, fault.ArchiveDamaged, nil)
	hostileArchive(t, fault.ArchiveDamaged, []byte("this is no archive"))
	hostileArchive(t, fault.ArchiveDamaged, make([]byte, 1024))
	hostileArchive(t, fault.ArchiveDamaged, good[:3000])
	hostileArchive(t, fault.ArchiveDamaged, append(bytes.Clone(good), "junk"...))
	bad := bytes.Clone(good)
	bad[7000] ^= 0xff // in the header of the second file
	for at := 512; at < len(bad); at += 512 {
		if bytes.HasPrefix(bad[at:], []byte("b\x00")) {
			bad[at+5] ^= 0xff
		}
	}
	hostileArchive(t, fault.ArchiveDamaged, bad)
	// Padding as other programs write it.
	s, _, err := unpacked(t, append(bytes.Clone(good), make([]byte, 10240)...))
	must(t, err)
	s.holds("out", "precious")
}

// The archive is whole and the payload is not: nothing may be published.
func TestTarOfDamagedPayload(t *testing.T) {
	key := x25519(t)
	src := newShop(t)
	for i := range 100 {
		src.put(fmt.Sprintf("d/%d", i), randomBytes(20_000))
	}
	_, err := src.pack(src.path("d"), src.path("good"), key.to)
	must(t, err)
	good := src.get(src.path("good"))
	try := func(data []byte, kinds ...fault.Kind) {
		t.Helper()
		s := newShop(t)
		_, err := s.extract(src.put("bad", data), s.path("out"), key.id)
		want(t, err, kinds...)
		s.holds()
	}
	start := len(headerOf(t, good)) + stream.NonceSize
	for chunk := 0; start+chunk*(stream.ChunkSize+16) < len(good); chunk += 5 {
		at := start + chunk*(stream.ChunkSize+16)
		try(good[:at], fault.Truncated)
		bad := bytes.Clone(good)
		bad[at+7] ^= 4
		try(bad, fault.PayloadDamaged)
	}
	try(good[:len(good)-1], fault.Truncated, fault.PayloadDamaged)
	try(append(bytes.Clone(good), 0), fault.TrailingData, fault.PayloadDamaged, fault.Truncated)
}

func TestTarOneFile(t *testing.T) {
	s, got, err := unpacked(t, archive(t, in{name: "real name", data: "a"}))
	must(t, err)
	if got.Name != "real name" || !got.File || got.Entries != 1 {
		t.Errorf("%+v", got)
	}
	equal(t, s.get(s.path("out/real name")), []byte("a"))
}

func TestTarDotEntries(t *testing.T) {
	s, got, err := unpacked(t, archive(t, in{name: "./", kind: tar.TypeDir, mode: 0o711}, in{name: "./a", data: "a"}, in{name: "./b", data: "b"}))
	must(t, err)
	if got.Name != "" || got.File {
		t.Errorf("%+v", got)
	}
	info, err := os.Stat(s.path("out"))
	must(t, err)
	if info.Mode().Perm() != 0o711 || !info.ModTime().Equal(someTime) {
		t.Error(info.Mode(), info.ModTime())
	}
}
