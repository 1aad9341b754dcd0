package agefile

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

func TestFolderRoundTrip(t *testing.T) {
	key := hybrid(t)
	s := newShop(t)
	tree := makeTree(t, s.path("photos"))
	notes, err := s.pack(tree, s.path("photos.tar.age"), key.to)
	must(t, err)
	got, err := s.extract(s.path("photos.tar.age"), s.path("again"), key.id)
	must(t, err)
	if len(notes) != 0 || len(got.Notes) != 0 || got.Name != "photos" || got.File {
		t.Errorf("%v %+v", notes, got)
	}
	s.holds("again", "photos", "photos.tar.age")
	sameTree(t, s.path("again"), tree)
	// What was a hole is one again.
	info, err := os.Stat(s.path("again/sparse"))
	must(t, err)
	if blocks := info.Sys().(*syscall.Stat_t).Blocks * 512; blocks > 1<<20 {
		t.Errorf("the sparse file takes %d bytes", blocks)
	}
}

func TestFolderEmpty(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	must(t, os.Mkdir(s.path("empty"), 0o750))
	must(t, os.Chtimes(s.path("empty"), someTime, someTime))
	_, err := s.pack(s.path("empty"), s.path("empty.tar.age"), key.to)
	must(t, err)
	_, err = s.extract(s.path("empty.tar.age"), s.path("again"), key.id)
	must(t, err)
	sameTree(t, s.path("again"), s.path("empty"))
}

func TestFolderTellsWhatItLeavesOut(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	s.put("d/file", []byte("text"))
	must(t, syscall.Mkfifo(s.path("d/pipe"), 0o600))
	l, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	must(t, err)
	defer syscall.Close(l)
	must(t, syscall.Bind(l, &syscall.SockaddrUnix{Name: s.path("d/socket")}))
	notes, err := s.pack(s.path("d"), s.path("d.tar.age"), key.to)
	must(t, err)
	if len(notes) != 2 || notes[0].Kind != fault.UnsupportedEntry || notes[0].Subject != s.path("d/pipe") || notes[1].Subject != s.path("d/socket") {
		t.Errorf("notes %v", notes)
	}
	got, err := s.extract(s.path("d.tar.age"), s.path("again"), key.id)
	must(t, err)
	if got.Entries != 2 {
		t.Errorf("%+v", got)
	}
}

func TestFolderInsideItself(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	s.put("d/sub/file", []byte("text"))
	must(t, os.Symlink(s.path("d/sub"), s.path("way in")))
	for _, target := range []string{"d/out.tar.age", "d/sub/out.tar.age", "way in/out.tar.age", "d/../d/out.tar.age"} {
		_, err := s.pack(s.path("d"), s.path(target), key.to)
		want(t, err, fault.InsideItself)
	}
	_, err := s.pack(s.path("d"), s.path("d.tar.age"), key.to) // beside is fine
	must(t, err)
	s.holds("d", "d.tar.age", "way in")
}

func TestFolderChangesWhileRead(t *testing.T) {
	key := x25519(t)
	for name, c := range map[string]struct {
		change func(dir string) error
		kinds  []fault.Kind
	}{
		"file appears": {func(dir string) error { return os.WriteFile(dir+"/zz", nil, 0o600) }, []fault.Kind{fault.SourceChanged}},
		"file goes":    {func(dir string) error { return os.Remove(dir + "/z last") }, []fault.Kind{fault.SourceGone, fault.SourceChanged}},
		"file grows":   {func(dir string) error { return os.Truncate(dir+"/big", 60<<20) }, []fault.Kind{fault.SourceChanged}},
		"file shrinks": {func(dir string) error { return os.Truncate(dir+"/big", 100) }, []fault.Kind{fault.SourceChanged}},
		"folder goes":  {os.RemoveAll, []fault.Kind{fault.SourceGone, fault.SourceChanged}},
	} {
		t.Run(name, func(t *testing.T) {
			in, out := newShop(t), newShop(t)
			// The big file is still being read when the first report comes.
			path := in.put("d/big", nil)
			must(t, os.Truncate(path, 50<<20))
			in.put("d/z last", []byte("z"))
			dst, err := out.store.Create(out.path("out"), 0o600)
			must(t, err)
			defer dst.Discard()
			hook := during(func() { must(t, c.change(in.path("d"))) })
			_, err = EncryptFolder(out.ctx, in.path("d"), dst, key.to, Options{Progress: hook})
			want(t, err, c.kinds...)
			if f := fault.As(err); f != nil && f.Subject == "" {
				t.Error("about nothing")
			}
			dst.Discard()
			out.holds()
		})
	}
}

func TestFolderMissing(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	_, err := s.pack(s.path("missing"), s.path("out"), key.to)
	want(t, err, fault.NotFound)
	_, err = s.pack(s.put("file", nil), s.path("out"), key.to)
	want(t, err, fault.NotFound, fault.NotRegular)
	s.holds("file")
}

func TestFolderOfManyEmptyFiles(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	for i := range 3 * aheadFiles {
		s.put(fmt.Sprintf("d/%03d", i), nil)
	}
	_, err := s.pack(s.path("d"), s.path("d.tar.age"), key.to)
	must(t, err)
	got, err := s.extract(s.path("d.tar.age"), s.path("again"), key.id)
	must(t, err)
	if got.Entries != 3*aheadFiles+1 {
		t.Errorf("%+v", got)
	}
}

func TestPackOne(t *testing.T) {
	key := x25519(t)
	for _, size := range []int{0, 5, 300_000} {
		s := newShop(t)
		h, err := NewHeader(key.to...)
		must(t, err)
		defer h.Destroy()
		in := s.put("비밀 name\n.txt", randomBytes(size))
		must(t, os.Chmod(in, 0o640))
		must(t, os.Chtimes(in, someTime, someTime))
		must(t, s.through(in, s.path("0123.tar.age"), func(src *safefile.Source, dst *safefile.File) error {
			return PackOne(s.ctx, src, filepath.Base(in), dst, nil, Options{Header: h})
		}))
		src, err := safefile.OpenSource(in)
		must(t, err)
		defer src.Close()
		enc, err := safefile.OpenSource(s.path("0123.tar.age"))
		must(t, err)
		defer enc.Close()
		must(t, VerifyOne(s.ctx, enc, src, filepath.Base(in), Options{Header: h}))
		want(t, VerifyOne(s.ctx, enc, src, "another name", Options{Header: h}), fault.SourceChanged)
		got, err := s.extract(s.path("0123.tar.age"), s.path("out"), key.id)
		must(t, err)
		if got.Name != filepath.Base(in) || !got.File {
			t.Errorf("%+v", got)
		}
		sameTree(t, filepath.Join(s.path("out"), got.Name), in)
	}
}

func TestPackOneRefusesNames(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	for _, name := range []string{"", ".", "..", "a/b", "/a", "../a"} {
		want(t, s.through(s.put("in", nil), s.path("out"), func(src *safefile.Source, dst *safefile.File) error {
			return PackOne(s.ctx, src, name, dst, key.to, Options{})
		}), fault.BadName)
	}
	s.holds("in")
}
