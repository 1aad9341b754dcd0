package agefile

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"filippo.io/age"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// refuses decrypts data by every way and wants one of kinds and nothing left.
func refuses(t *testing.T, data []byte, ids []age.Identity, kinds ...fault.Kind) {
	t.Helper()
	for name, way := range ways {
		in, out := newShop(t), newShop(t)
		path := in.put("in.age", data)
		err := out.through(path, out.path("out"), func(src *safefile.Source, dst *safefile.File) error {
			return way(out.ctx, src, dst, ids)
		})
		if err == nil {
			t.Errorf("%s: opened", name)
		}
		want(t, err, kinds...)
		if f := fault.As(err); f != nil && f.Subject != path {
			t.Errorf("%s: about %q", name, f.Subject)
		}
		out.holds()
		equal(t, in.get(path), data)
	}
}

// sealed is a whole age file of random bytes.
func sealed(t testing.TB, size int, to []age.Recipient, opt Options) (file, plain []byte) {
	t.Helper()
	s := newShop(t)
	plain = randomBytes(size)
	must(t, s.encrypt(s.put("in", plain), s.path("in.age"), to, opt))
	return s.get(s.path("in.age")), plain
}

func headerOf(t *testing.T, file []byte) []byte {
	t.Helper()
	raw, _, _, err := ReadHeader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	return raw
}

var damaged = []fault.Kind{fault.Truncated, fault.PayloadDamaged}

func TestBadEmptyFile(t *testing.T) { refuses(t, nil, x25519(t).id, fault.Empty) }

func TestBadNotAnAgeFile(t *testing.T) {
	for _, text := range []string{"x", "hello\n", strings.Repeat("z", 200_000), "\x00\x01\x02", "age-encryption.com/v1\n-> X25519 a\n\n",
		"-----BEGIN PGP MESSAGE-----\n\nabcd\n", "-----BEGIN CERTIFICATE-----\nabcd\n-----END CERTIFICATE-----\n"} {
		refuses(t, []byte(text), x25519(t).id, fault.NotEncrypted)
	}
}

func TestBadUnknownVersion(t *testing.T) {
	file, _ := sealed(t, 10, x25519(t).to, Options{})
	refuses(t, bytes.Replace(file, []byte("/v1\n"), []byte("/v2\n"), 1), x25519(t).id, fault.TooNew)
	refuses(t, []byte("age-encryption.org/v12\n-> new thing\n"), x25519(t).id, fault.TooNew)
}

func TestBadTruncatedAtEveryChunkBoundary(t *testing.T) {
	key := x25519(t)
	file, _ := sealed(t, 5*stream.ChunkSize, key.to, Options{})
	start := len(headerOf(t, file)) + stream.NonceSize
	for chunk := range 5 {
		at := start + chunk*(stream.ChunkSize+16)
		refuses(t, file[:at], key.id, fault.Truncated)
	}
}

func TestBadTruncatedInside(t *testing.T) {
	key := x25519(t)
	file, _ := sealed(t, 2*stream.ChunkSize+100, key.to, Options{})
	header := len(headerOf(t, file))
	for n := 1; n < header+stream.NonceSize; n++ { // all of the header and the nonce
		if n == header || n > 30 && n%7 > 0 {
			continue
		}
		refuses(t, file[:n], key.id, fault.Truncated, fault.HeaderDamaged)
	}
	start := header + stream.NonceSize
	for _, n := range []int{start - 1, start + 1, start + 15, start + 16, start + 17, start + 1000, start + stream.ChunkSize + 15,
		start + stream.ChunkSize + 17, len(file) - 101, len(file) - 17, len(file) - 16, len(file) - 1} {
		refuses(t, file[:n], key.id, damaged...)
	}
}

func TestBadFlippedBit(t *testing.T) {
	key := x25519(t)
	file, _ := sealed(t, 3*stream.ChunkSize+5, key.to, Options{})
	header := len(headerOf(t, file))
	flip := func(at int, bit byte, kinds ...fault.Kind) {
		t.Helper()
		bad := bytes.Clone(file)
		bad[at] ^= bit
		refuses(t, bad, key.id, kinds...)
	}
	for at := range header {
		flip(at, 1<<(at%8), fault.HeaderDamaged, fault.NoKey, fault.TooNew, fault.Truncated)
	}
	for at := header; at < header+stream.NonceSize; at++ {
		flip(at, 0x10, fault.PayloadDamaged)
	}
	first := header + stream.NonceSize
	flip(first, 1, fault.PayloadDamaged)
	flip(first+stream.ChunkSize, 1, fault.PayloadDamaged) // its tag
	flip(len(file)-21, 1, fault.PayloadDamaged)           // the last chunk
	flip(len(file)-1, 0x80, fault.PayloadDamaged)
}

func TestBadTrailingData(t *testing.T) {
	key := x25519(t)
	for _, size := range []int{0, 10, stream.ChunkSize, 2 * stream.ChunkSize} {
		file, _ := sealed(t, size, key.to, Options{})
		for _, more := range []int{1, 16, 17, 70_000} {
			kinds := damaged
			if size > 0 && size%stream.ChunkSize == 0 {
				kinds = []fault.Kind{fault.TrailingData, fault.Truncated, fault.PayloadDamaged}
			}
			refuses(t, append(bytes.Clone(file), make([]byte, more)...), key.id, kinds...)
		}
	}
}

func TestBadWrongKey(t *testing.T) {
	file, _ := sealed(t, 100, hybrid(t).to, Options{})
	refuses(t, file, hybrid(t).id, fault.NoKey)
	refuses(t, file, x25519(t).id, fault.NoKey)
	refuses(t, file, []age.Identity{phrase(t, "p", 4)}, fault.NoKey)
}

func TestBadNoKey(t *testing.T) {
	file, _ := sealed(t, 100, hybrid(t).to, Options{})
	refuses(t, file, nil, fault.NoKey)
	file, _ = sealed(t, 100, []age.Recipient{phrase(t, "p", 4)}, Options{})
	refuses(t, file, nil, fault.NeedPassphrase)
	refuses(t, file, x25519(t).id, fault.NeedPassphrase)
}

func TestBadWrongPassphrase(t *testing.T) {
	file, _ := sealed(t, 100, []age.Recipient{phrase(t, "right", 4)}, Options{})
	refuses(t, file, []age.Identity{phrase(t, "Right", 4)}, fault.WrongPassphrase)
}

func TestBadWorkFactor(t *testing.T) {
	file, _ := sealed(t, 100, []age.Recipient{phrase(t, "p", 4)}, Options{})
	for _, logN := range []string{"23", "30", "64", "99999999999999999999"} {
		line, rest, _ := bytes.Cut(file[len(intro):], []byte("\n"))
		bad := []byte(intro + strings.TrimSuffix(string(line), "4") + logN + "\n" + string(rest))
		refuses(t, bad, []age.Identity{phrase(t, "p", 4)}, fault.WorkFactor)
		info := InspectReader(bytes.NewReader(bad), int64(len(bad)))
		if fault.Of(info.Problem) != fault.WorkFactor || !info.Passphrase {
			t.Errorf("inspect: %+v", info)
		}
	}
}

func TestBadArmorWithJunk(t *testing.T) {
	key := x25519(t)
	for _, size := range []int{100, 300_000} {
		file, _ := sealed(t, size, key.to, Options{Armor: true})
		for name, bad := range map[string][]byte{
			"before":    append([]byte("junk\n"), file...),
			"after":     append(bytes.Clone(file), "junk\n"...),
			"inside":    bytes.Replace(file, []byte("\n"), []byte("\n!!!!\n"), 2),
			"no end":    file[:len(file)-40],
			"cut":       file[:len(file)/2],
			"lowercase": bytes.ToLower(file),
			"a header":  bytes.Replace(file, []byte("FILE-----\n"), []byte("FILE-----\nVersion: 1\n\n"), 1),
			"empty":     []byte("-----BEGIN AGE ENCRYPTED FILE-----\n-----END AGE ENCRYPTED FILE-----\n"),
		} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				kind := fault.ArmorDamaged
				if name == "empty" {
					kind = fault.Empty
				}
				refuses(t, bad, key.id, kind)
			})
		}
	}
}

// during is a hook into a running job: jobs tell their progress as they go.
func during(f func()) func(int64) {
	var once atomic.Bool
	return func(int64) {
		if once.CompareAndSwap(false, true) {
			f()
		}
	}
}

func TestBadSourceChanges(t *testing.T) {
	key := x25519(t)
	for name, c := range map[string]struct {
		change func(path string) error
		kind   fault.Kind
	}{
		"grows": {func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString("more")
			return err
		}, fault.SourceChanged},
		"shrinks":  {func(path string) error { return os.Truncate(path, 100) }, fault.SourceChanged},
		"vanishes": {os.Remove, fault.SourceGone},
		"replaced": {func(path string) error {
			if err := os.WriteFile(path+".new", []byte("other"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		}, fault.SourceChanged},
	} {
		for _, size := range []int{1000, 5 << 20} {
			t.Run(fmt.Sprint(name, "/", size), func(t *testing.T) {
				in, out := newShop(t), newShop(t)
				path := in.put("in", randomBytes(size))
				hook := during(func() { must(t, c.change(path)) })
				err := out.encrypt(path, out.path("out"), key.to, Options{Progress: hook})
				want(t, err, c.kind)
				err = out.encrypt(in.put("in", randomBytes(size)), out.path("text"), key.to,
					Options{Armor: true, Progress: during(func() { must(t, c.change(path)) })})
				want(t, err, c.kind)
				out.holds()

				must(t, in.encrypt(in.put("in", randomBytes(size)), in.path("in.age"), key.to, Options{}))
				path = in.path("in.age")
				err = out.decrypt(path, out.path("out"), key.id, Options{Progress: during(func() { must(t, c.change(path)) })})
				want(t, err, c.kind)
				out.holds()
			})
		}
	}
}

// Files of /proc say they are empty and are not.
func TestBadSourceOfNoSize(t *testing.T) {
	s := newShop(t)
	want(t, s.encrypt("/proc/self/status", s.path("out"), x25519(t).to, Options{}), fault.SourceChanged)
	want(t, s.encrypt("/proc/self/status", s.path("out"), x25519(t).to, Options{Armor: true}), fault.SourceChanged)
	s.holds()
}

func TestBadTargetExists(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	in := s.put("in", []byte("text"))
	s.put("in.age", []byte("precious"))
	want(t, s.encrypt(in, s.path("in.age"), key.to, Options{}), fault.Exists)
	equal(t, s.get(s.path("in.age")), []byte("precious"))
	s.holds("in", "in.age")
}

func TestBadSources(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	must(t, os.Symlink("nowhere", s.path("dangling")))
	must(t, os.Symlink("loop", s.path("loop")))
	must(t, syscall.Mkfifo(s.path("fifo"), 0o600))
	must(t, os.Mkdir(s.path("folder"), 0o700))
	for name, kind := range map[string]fault.Kind{
		"dangling": fault.DanglingLink, "loop": fault.LinkLoop, "fifo": fault.NotRegular,
		"folder": fault.NotRegular, "missing": fault.NotFound,
	} {
		want(t, s.encrypt(s.path(name), s.path("out"), key.to, Options{}), kind)
		want(t, s.decrypt(s.path(name), s.path("out"), key.id, Options{}), kind)
		_, err := Inspect(s.path(name))
		want(t, err, kind)
	}
	want(t, s.encrypt("/dev/null", s.path("out"), key.to, Options{}), fault.NotRegular)
	s.holds("dangling", "fifo", "folder", "loop")
}

func TestSymlinkToAFileIsFollowed(t *testing.T) {
	key := x25519(t)
	s := newShop(t)
	s.put("file", []byte("text"))
	must(t, os.Symlink("file", s.path("link")))
	must(t, s.encrypt(s.path("link"), s.path("link.age"), key.to, Options{}))
	must(t, s.decrypt(s.path("link.age"), s.path("out"), key.id, Options{}))
	equal(t, s.get(s.path("out")), []byte("text"))
}

// onSmallDisk mounts a tmpfs of 1 MiB, which takes the right to do so.
func onSmallDisk(t *testing.T) *shop {
	s := newShop(t)
	if err := syscall.Mount("tmpfs", s.dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("needs the right to mount a tmpfs:", err)
	}
	t.Cleanup(func() { syscall.Unmount(s.dir, 0) })
	return s
}

func TestBadDiskFull(t *testing.T) {
	key := x25519(t)
	big := newShop(t)
	in := big.put("d/in", randomBytes(5<<20))
	must(t, big.encrypt(in, big.path("in.age"), key.to, Options{}))
	_, err := big.pack(big.path("d"), big.path("d.tar.age"), key.to)
	must(t, err)
	s := onSmallDisk(t)
	want(t, s.encrypt(in, s.path("out"), key.to, Options{}), fault.NoSpace)
	want(t, s.encrypt(in, s.path("out"), key.to, Options{Armor: true}), fault.NoSpace)
	want(t, s.decrypt(big.path("in.age"), s.path("out"), key.id, Options{}), fault.NoSpace)
	want(t, s.rewrap(big.path("in.age"), s.path("out"), key.id, key.to, Options{}), fault.NoSpace)
	_, err = s.pack(big.path("d"), s.path("out"), key.to)
	want(t, err, fault.NoSpace)
	_, err = s.extract(big.path("d.tar.age"), s.path("out"), key.id)
	want(t, err, fault.NoSpace)
	s.holds()
}

func TestBadDiskFullSmallFiles(t *testing.T) {
	key := x25519(t)
	big := newShop(t)
	for i := range 100 {
		big.put(fmt.Sprintf("d/%d", i), randomBytes(50_000))
	}
	_, err := big.pack(big.path("d"), big.path("d.tar.age"), key.to)
	must(t, err)
	s := onSmallDisk(t)
	_, err = s.extract(big.path("d.tar.age"), s.path("out"), key.id)
	want(t, err, fault.NoSpace)
	s.holds()
}

func TestBadTargetFolderReadOnly(t *testing.T) {
	key := x25519(t)
	big := newShop(t)
	in := big.put("in", []byte("text"))
	must(t, big.encrypt(in, big.path("in.age"), key.to, Options{}))
	s := onSmallDisk(t)
	if err := syscall.Mount("tmpfs", s.dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("needs the right to remount a tmpfs:", err)
	}
	want(t, s.encrypt(in, s.path("out"), key.to, Options{}), fault.ReadOnly)
	want(t, s.decrypt(big.path("in.age"), s.path("out"), key.id, Options{}), fault.ReadOnly)
	_, err := s.pack(big.dir, s.path("out"), key.to)
	want(t, err, fault.ReadOnly)
	_, err = s.extract(big.path("in.age"), s.path("out"), key.id)
	want(t, err, fault.ReadOnly)
	s.holds()
}

func TestOddNames(t *testing.T) {
	key := x25519(t)
	for _, name := range []string{strings.Repeat("n", 251), "new\nline", "invalid \xff", "\u1112\u1161\u11ab\u1100\u1173\u11af", "%s %d", " lead", "a'b\"c"} {
		s := newShop(t)
		must(t, s.encrypt(s.put(name, []byte(name)), s.path(name+".age"), key.to, Options{}))
		must(t, os.Remove(s.path(name)))
		must(t, s.decrypt(s.path(name+".age"), s.path(name), key.id, Options{}))
		s.holds(name, name+".age")
		equal(t, s.get(s.path(name)), []byte(name))
	}
	s := newShop(t)
	longest := strings.Repeat("n", 255)
	want(t, s.encrypt(s.put(longest, nil), s.path(longest+".age"), key.to, Options{}), fault.NameTooLong)
	s.holds(longest)
}

func TestModeAndTimeSurvive(t *testing.T) {
	key := x25519(t)
	for _, size := range []int{10, 200_000} {
		s := newShop(t)
		in := s.put("in", randomBytes(size))
		must(t, os.Chmod(in, 0o750))
		must(t, os.Chtimes(in, someTime, someTime))
		must(t, s.encrypt(in, s.path("in.age"), key.to, Options{}))
		must(t, s.rewrap(s.path("in.age"), s.path("again.age"), key.id, key.to, Options{}))
		must(t, s.decrypt(s.path("again.age"), s.path("out"), key.id, Options{}))
		for _, name := range []string{"in.age", "again.age", "out"} {
			info, err := os.Stat(s.path(name))
			must(t, err)
			if info.Mode() != 0o750 || !info.ModTime().Equal(someTime) {
				t.Errorf("%s: %v %v", name, info.Mode(), info.ModTime())
			}
		}
	}
}
