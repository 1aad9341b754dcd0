package recovery

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/paper"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Sheet is a recovery sheet that was written and read back. It keeps the words,
// guarded, to ask two of them back: who has printed the sheet can tell them. Its
// holder closes it. Safe for concurrent use.
type Sheet struct {
	Path string
	Way  Way // to be noted

	mu    sync.Mutex
	words *secret.Buffer
	ask   [2]int
	right [2]bool
	asked func() // called once both were right; nil for nobody
}

// Ask answers which words are to be asked back, counted from 1, the first one
// smaller.
func (s *Sheet) Ask() (i, j int) { return s.ask[0], s.ask[1] }

// Right says whether typed is word number i, in either case, or its first four
// letters or more. False after Close.
func (s *Sheet) Right(i int, typed []byte) (right bool) {
	s.mu.Lock()
	was := s.right == [2]bool{true, true}
	secret.Do(func() { right = sameWord(wordAt(s.words.Bytes(), i), bytes.TrimSpace(typed)) })
	for at, number := range s.ask {
		s.right[at] = s.right[at] || right && number == i
	}
	asked := s.asked
	done := !was && s.right == [2]bool{true, true} && asked != nil
	s.mu.Unlock()
	if done {
		asked()
	}
	return right
}

// OnAsked has f called, on whose goroutine Right is, once both words were right.
func (s *Sheet) OnAsked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = f
}

// Close wipes the words; nil-safe, idempotent.
func (s *Sheet) Close() {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.words.Destroy()
	}
}

// wordAt is word number i of words with one space between, from 1.
func wordAt(words []byte, i int) []byte {
	list := bytes.Split(words, []byte(" "))
	if i < 1 || i > len(list) {
		return nil
	}
	return list[i-1]
}

// fewLetters tell the words of the list apart.
const fewLetters = 4

func sameWord(word, typed []byte) bool {
	if len(word) < fewLetters || len(typed) < fewLetters || len(typed) > len(word) {
		return false
	}
	return bytes.EqualFold(word[:len(typed)], typed)
}

// WriteSheet writes the recovery sheet of key to path, which must be free, and
// reads the key back from the file before it answers. What was written is gone
// again on an error. Errors: BadIdentity (only post-quantum key pairs have
// one), Exists, DiskError when another key comes back, Cancelled, and those of
// writing.
func WriteSheet(ctx context.Context, store *safefile.Store, key *identity.KeyPair, path string, l Labels, now time.Time) (*Sheet, error) {
	defer secret.Settle()
	if err := safefile.Precheck(path, safefile.Refuse); err != nil {
		return nil, err
	}
	words, err := split(key, 1, 1)
	if err != nil {
		return nil, err
	}
	sheet := &Sheet{Path: path, words: words[0], Way: NewWay(SheetWay, []string{key.Public().ID}, now)}
	sheet.ask[0] = 1 + rand.IntN(slip39.RootWords-1)
	sheet.ask[1] = sheet.ask[0] + 1 + rand.IntN(slip39.RootWords-sheet.ask[0])
	if err := sheet.write(ctx, store, key, l, now); err != nil {
		sheet.Close()
		return nil, err
	}
	return sheet, nil
}

func (s *Sheet) write(ctx context.Context, store *safefile.Store, key *identity.KeyPair, l Labels, now time.Time) error {
	share, err := slip39.Parse(s.words.Bytes())
	if err != nil {
		return err
	}
	defer share.Close()
	s.Way.Mark = markOfSet(share.Set)
	if err := joins(key, []*slip39.Share{share}); err != nil {
		return err
	}
	line, err := keyLine(key)
	if err != nil {
		return err
	}
	defer line.Destroy()
	out := l.sheet(key.Public(), now)
	out.Code, out.Line, out.Words = line, line, s.words
	pdf, err := paper.Draw(out)
	if err != nil {
		return err
	}
	defer pdf.Destroy()
	return publish(ctx, store, s.Path, pdf, safefile.Refuse, func(path string) error {
		return readsBack(ctx, path, func(text *secret.Buffer) bool { return text.Equal(line) })
	})
}

// split is the root of key in words.
func split(key *identity.KeyPair, need, of int) (words []*secret.Buffer, err error) {
	err = key.LendRoot(func(root []byte) error {
		words, err = slip39.Split(root, need, of)
		return err
	})
	return words, err
}

// joins makes sure that shares come to key.
func joins(key *identity.KeyPair, shares []*slip39.Share) error {
	root, err := slip39.Combine(shares, nil)
	if err != nil {
		return err
	}
	defer root.Destroy()
	back, err := identity.FromRoot(root.Bytes(), "key")
	if err != nil {
		return err
	}
	defer back.Destroy()
	if back.Public().ID != key.Public().ID {
		return fault.New(fault.Internal, "", nil)
	}
	return nil
}

// keyLine is the line of a post-quantum key pair's private key, as age takes it.
func keyLine(key *identity.KeyPair) (line *secret.Buffer, err error) {
	text, err := key.MarshalIdentity()
	if err != nil {
		return nil, err
	}
	defer text.Destroy()
	secret.Do(func() {
		for l := range bytes.Lines(text.Bytes()) {
			if l = bytes.TrimSpace(l); identity.IsHybrid(l) {
				line = secret.New(len(l))
				copy(line.Bytes(), l)
				return
			}
		}
	})
	if line == nil {
		return nil, fault.New(fault.BadIdentity, key.Public().Name, nil)
	}
	return line, nil
}

// publish writes data to path and has it checked there. A file that is not
// right does not stay.
func publish(ctx context.Context, store *safefile.Store, path string, data *secret.Buffer, policy safefile.Policy, check func(path string) error) (err error) {
	f, err := store.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(data.Bytes()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, path, ctx.Err())
	}
	final, err := f.Commit(policy)
	if err == nil {
		err = check(final)
	}
	if err != nil && final != "" {
		_ = os.Remove(final)
	}
	return err
}

// readsBack wants one of the texts on the page at path to be right.
func readsBack(ctx context.Context, path string, right func(text *secret.Buffer) bool) error {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return err
	}
	defer src.Close()
	data, err := secret.ReadAll(src, maxPicture)
	if err != nil {
		return err
	}
	defer data.Destroy()
	texts, err := paper.Read(ctx, data.Bytes())
	if fault.Of(err) == fault.Cancelled {
		return err
	}
	ok := false
	for _, text := range texts {
		ok = ok || right(text)
		text.Destroy()
	}
	if !ok {
		return fault.New(fault.DiskError, path, err)
	}
	return nil
}
