// Not under the race detector, whose shadow memory is terabytes.

//go:build !race

package engine

import (
	"bytes"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/secret/scan"
)

// An offline key leaves nothing in memory: not once it was written and adopted,
// and not when somebody thought better of it. While it is held in plain it is
// found: that is the positive control.
func TestMemoryForgetsAnOfflineKey(t *testing.T) {
	s := newSafe(t)
	lingers := slices.Contains(secret.Protection().Reasons, secret.Lingering)
	set := scan.NewSet()
	defer set.Destroy()
	look := func(when string, there bool) {
		t.Helper()
		secret.Settle()
		r, err := set.Own(t.Context())
		if err != nil || !r.Sees() {
			t.Fatalf("%s: %v, %v", when, r, err)
		}
		t.Logf("%s: %v", when, r)
		if found := r.Found(); there != (found > 0) && (there || !lingers) {
			t.Errorf("%s: %v", when, r)
		}
	}
	words := secret.New(32)
	secret.Random(words.Bytes())
	for i, b := range words.Bytes() {
		words.Bytes()[i] = 'a' + b%26
	}
	set.AddText(scan.Passphrase, words.Bytes())
	learn := func(k *OfflineKey) {
		t.Helper()
		s.must(k.pair.Lend(func(key []byte) { set.AddKey(scan.PrivateKey, key) }))
	}

	left, err := s.owner.NewOfflineKey("Left")
	s.must(err)
	learn(left)
	text, err := left.pair.MarshalIdentity()
	s.must(err)
	loose := bytes.Clone(text.Bytes())
	text.Destroy()
	look("held in plain", true)
	secret.Wipe(loose)
	runtime.KeepAlive(loose)
	look("made and idle", false)
	s.must(left.SaveFile(t.Context(), filepath.Join(s.dir, "left.age"), words.Clone()))
	look("written", false)
	left.Close()
	look("left", false)

	k, err := s.owner.NewOfflineKey("Drawer")
	s.must(err)
	learn(k)
	s.must(k.SaveFile(t.Context(), filepath.Join(s.dir, "drawer.age"), words))
	sheet, err := k.SaveSheet(t.Context(), filepath.Join(s.dir, "drawer.pdf"), labels(t))
	s.must(err)
	sheet.Close()
	look("on a sheet", false)
	_, err = k.SaveShares(t.Context(), 2, 3, t.TempDir(), labels(t))
	s.must(err)
	look("in shares", false)
	s.must(s.owner.AdoptAgent(t.Context(), k))
	k.Close()
	look("adopted", false)
	sealed := s.encrypt(s.file("letter", "Dear Bo"), batch.EncryptOptions{To: s.to("me"), NoAgent: true})
	plan, err := s.owner.Encrypted(t.Context(), []string{sealed}, nil)
	s.must(err)
	j, err := s.owner.AddAgent(plan, batch.OpenOptions{})
	finished(t, j, err, job.Done)
	look("used", false)
	s.owner.Lock()
	look("locked", false)
}
