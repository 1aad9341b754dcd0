package recovery

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/paper"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Kit is a share set that was written.
type Kit struct {
	Paths []string // a page and a text file for each share, in this order
	Way   Way      // to be noted
}

// WriteShares writes of shares of key, any need of which bring it back, into
// dir: a page and a text file for each, under names that were free. Every file
// is read back, and what all of them say comes to the key, before it answers.
// What was written is gone again on an error. Errors: BadIdentity (only
// post-quantum key pairs can be shared), SharePlan, DiskError when something
// else comes back, Cancelled, and those of writing.
func WriteShares(ctx context.Context, store *safefile.Store, key *identity.KeyPair, need, of int, dir string, l Labels, now time.Time) (*Kit, error) {
	defer secret.Settle()
	words, err := split(key, need, of)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, w := range words {
			w.Destroy()
		}
	}()
	w := &writer{ctx: ctx, store: store, key: key, labels: l, dir: dir,
		file: ShareFile{Name: key.Public().Name, Of: of, Need: need, Made: now, Fingerprint: key.Public().Fingerprint}}
	defer w.close()
	for i := range words {
		if err = w.share(i, words[i]); err != nil {
			break
		}
	}
	if err == nil {
		err = joins(key, w.shares)
	}
	if err != nil {
		for _, path := range w.paths {
			_ = os.Remove(path)
		}
		return nil, err
	}
	kit := &Kit{Paths: w.paths, Way: NewWay(SharesWay, []string{key.Public().ID}, now)}
	kit.Way.Need, kit.Way.Of, kit.Way.Mark = need, of, markOfSet(w.shares[0].Set)
	return kit, nil
}

// writer writes the shares of a set.
type writer struct {
	ctx    context.Context
	store  *safefile.Store
	key    *identity.KeyPair
	labels Labels
	dir    string
	file   ShareFile
	paths  []string
	shares []*slip39.Share // as the text files say them
}

func (w *writer) close() {
	for _, s := range w.shares {
		s.Close()
	}
}

// share writes share i, from 0, on paper and as text.
func (w *writer) share(i int, words *secret.Buffer) error {
	f := w.file
	f.Number = i + 1
	f.Advice = w.labels.T("paper.share.advice", "name", f.Name, "n", f.Number, "of", f.Of, "need", f.Need)
	text, err := MarshalShare(f, words)
	if err != nil {
		return err
	}
	defer text.Destroy()
	capitals := upper(words)
	defer capitals.Destroy()
	page := w.labels.share(w.key.Public(), f)
	page.Code, page.Words = capitals, words
	pdf, err := paper.Draw(page)
	if err != nil {
		return err
	}
	defer pdf.Destroy()
	name := filepath.Join(w.dir, w.labels.fileName(w.key.Public(), f))
	err = w.publish(name+".pdf", pdf, func(path string) error {
		return readsBack(w.ctx, path, func(text *secret.Buffer) bool { return text.Equal(capitals) })
	})
	if err != nil {
		return err
	}
	return w.publish(name+".txt", text, func(path string) error { return w.readText(path, text) })
}

func (w *writer) publish(path string, data *secret.Buffer, check func(string) error) error {
	return publish(w.ctx, w.store, path, data, safefile.KeepBoth, func(final string) error {
		w.paths = append(w.paths, final)
		return check(final)
	})
}

// readText reads a share from its text file, for all of them to be joined.
func (w *writer) readText(path string, want *secret.Buffer) error {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return err
	}
	defer src.Close()
	text, err := secret.ReadAll(src, maxShare)
	if err != nil {
		return err
	}
	defer text.Destroy()
	_, share, err := ParseShareFile(text.Bytes())
	if err != nil || !text.Equal(want) {
		share.Close()
		return fault.New(fault.DiskError, path, err)
	}
	w.shares = append(w.shares, share)
	return nil
}

// upper is words in capitals, which a code holds in less room.
func upper(words *secret.Buffer) *secret.Buffer {
	out := secret.New(words.Len())
	secret.Do(func() {
		for i, c := range words.Bytes() {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			out.Bytes()[i] = c
		}
	})
	return out
}
