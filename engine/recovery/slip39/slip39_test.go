package slip39

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	mrand "math/rand/v2"
	"os"
	"slices"
	"testing"

	"cryptodesk/engine/fault"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func splitAll(t *testing.T, root []byte, need, of int) (texts []string) {
	t.Helper()
	buffers, err := Split(root, need, of)
	if err != nil || len(buffers) != of {
		t.Fatalf("%d shares, %v", len(buffers), err)
	}
	for _, b := range buffers {
		texts = append(texts, string(b.Bytes()))
		b.Destroy()
	}
	return texts
}

func parseAll(t *testing.T, texts []string) (shares []*Share) {
	t.Helper()
	for _, text := range texts {
		s, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		shares = append(shares, s)
	}
	return shares
}

func combine(t *testing.T, shares []*Share, passphrase string) string {
	t.Helper()
	root, err := Combine(shares, []byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Destroy()
	return hex.EncodeToString(root.Bytes())
}

// refused wants a kind and a subject, and no root.
func refused(t *testing.T, shares []*Share, kind fault.Kind, subject string) {
	t.Helper()
	root, err := Combine(shares, nil)
	if root != nil || fault.Of(err) != kind || fault.As(err).Subject != subject {
		t.Errorf("want %s %q, got %v", kind, subject, err)
	}
}

// TestOfficialVectors are those of the reference implementation.
func TestOfficialVectors(t *testing.T) {
	const file = "../../../../shared/data/slip39-vectors.json"
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("slip39-vectors.json is not there (%s): only the cases of testdata/interop were run, not the 45 official ones", file)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var vectors [][]any
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 45 {
		t.Errorf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		title, want := v[0].(string), v[2].(string)
		var shares []*Share
		var err error
		for _, text := range v[1].([]any) {
			var s *Share
			if s, err = Parse([]byte(text.(string))); err != nil {
				break
			}
			shares = append(shares, s)
		}
		got := ""
		if err == nil {
			root, fail := Combine(shares, []byte("TREZOR"))
			got, err = hex.EncodeToString(root.Bytes()), fail
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", title, got, err)
		}
		if err != nil {
			t.Logf("%s: %v", title, err)
		}
		if kind := fault.Of(err); kind == fault.Internal {
			t.Errorf("%s: %v has no kind", title, err)
		}
	}
}

// TestEveryChoiceOfShares: every M of N up to 5 of 7, every choice of M shares in a random order, and of M and more.
func TestEveryChoiceOfShares(t *testing.T) {
	joined := 0
	for of := 2; of <= 7; of++ {
		for need := 2; need <= min(of, 5); need++ {
			root := randomBytes(32)
			want := hex.EncodeToString(root)
			shares := parseAll(t, splitAll(t, root, need, of))
			for choice := range 1 << of {
				var some []*Share
				for i, s := range shares {
					if choice>>i&1 == 1 {
						some = append(some, s)
					}
				}
				mrand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
				missing := need - len(some)
				switch {
				case len(some) == 0:
				case missing > 0:
					refused(t, some, fault.ShareMissing, string(rune('0'+missing)))
				case combine(t, some, "") != want:
					t.Errorf("%d of %d: another root", need, of)
				}
				joined++
			}
		}
	}
	t.Logf("%d choices", joined)
}

// TestTooFewSharesThatLie: shares that say fewer of them are needed do not yield anything either.
func TestTooFewSharesThatLie(t *testing.T) {
	for need := 3; need <= 7; need++ {
		shares := parseAll(t, splitAll(t, randomBytes(32), need, 7))[:need-1]
		for _, s := range shares {
			s.Need--
		}
		refused(t, shares, fault.ShareMismatch, "")
	}
}

// TestOneWrongWord: each of the words, replaced by each of the others, is found, and the right place named.
func TestOneWrongWord(t *testing.T) {
	misplaced := 0
	values := valuesOf(t, splitAll(t, randomBytes(32), 2, 3)[0])
	for at := range values {
		for other := range uint16(listSize) {
			if other == values[at] {
				continue
			}
			wrong := slices.Clone(values)
			wrong[at] = other
			if residueOf(wrong[flagWord]&flagBit != 0, wrong) == 1 {
				t.Fatalf("word %d of %v may be %d", at+1, values, other)
			}
			if other%64 == values[at]%64 || at == flagWord { // the place takes longer to find
				s, err := decode(wrong)
				if s != nil {
					t.Fatalf("word %d of %v may be %d", at+1, values, other)
				}
				if err.Error() != numbered(fault.ShareSuspect, at+1).Error() {
					misplaced++
				}
			}
		}
	}
	// Where the wrong word also says how the checksum goes, another place may look right: one in 30,000.
	if misplaced > 3 {
		t.Errorf("%d wrong words were looked for in the wrong place", misplaced)
	}
}

// TestMoreWrongWords: up to three are found for certain, and any number in practice; none of them ever yields a share.
func TestMoreWrongWords(t *testing.T) {
	for range 200 {
		values := valuesOf(t, splitAll(t, randomBytes(32), 1, 1)[0])
		for _, at := range mrand.Perm(len(values))[:2+mrand.IntN(len(values)-2)] {
			values[at] = (values[at] + 1 + uint16(mrand.IntN(listSize-1))) % listSize
		}
		s, err := decode(values)
		if kind := fault.Of(err); s != nil || kind != fault.ShareChecksum && kind != fault.ShareSuspect {
			t.Fatalf("%v: %v", values, err)
		}
	}
}

func valuesOf(t *testing.T, text string) []uint16 {
	t.Helper()
	var room [wordsMax]uint16
	values, err := read(&room, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(values)
}

// TestAlteredShare: each bit of a share's value changed, with the checksum made right again.
func TestAlteredShare(t *testing.T) {
	root := randomBytes(32)
	texts := splitAll(t, root, 3, 5)
	for bit := range 256 {
		shares := parseAll(t, texts)
		shares[1].value.Bytes()[bit/8] ^= 1 << (bit % 8)
		text, err := shares[1].Words()
		if err != nil {
			t.Fatal(err)
		}
		shares[1] = parseAll(t, []string{string(text.Bytes())})[0]
		refused(t, shares[:3], fault.ShareMismatch, "")
		refused(t, []*Share{shares[3], shares[1], shares[4], shares[0]}, fault.ShareAltered, "2")
		if bit == 0 {
			if got := combine(t, append(shares[2:], shares[0]), ""); got != hex.EncodeToString(root) {
				t.Error("the others do not agree")
			}
		}
	}
}

func TestSharesThatDoNotBelong(t *testing.T) {
	root := randomBytes(32)
	a, b := parseAll(t, splitAll(t, root, 2, 3)), parseAll(t, splitAll(t, root, 2, 3))
	b[0].ID = a[0].ID ^ 1 // so that they are never the same by chance
	refused(t, []*Share{a[0], b[0]}, fault.ShareForeign, "2")
	refused(t, []*Share{a[0], a[1], b[0]}, fault.ShareForeign, "3")
	refused(t, []*Share{a[0], a[0]}, fault.ShareRepeated, "2")
	refused(t, nil, fault.ShareMissing, "1")
	refused(t, a[:1], fault.ShareMissing, "1")

	// The same ID and another set, one chance in 32,768: nothing tells but the digest.
	for i := range b {
		b[i].ID = a[0].ID
	}
	refused(t, []*Share{a[0], b[1]}, fault.ShareMismatch, "")
	refused(t, []*Share{a[0], b[0]}, fault.ShareMismatch, "")
	refused(t, []*Share{a[0], b[1], a[2]}, fault.ShareAltered, "2")

	a[1].Close()
	refused(t, a, fault.Locked, "")
	slow := parseAll(t, splitAll(t, root, 1, 1))
	slow[0].Exponent = exponentMax + 1
	refused(t, slow, fault.WorkFactor, "")
}

func TestMissingOfGroups(t *testing.T) {
	share := func(group, index, need int) *Share {
		return &Share{Set: Set{Groups: 4, GroupsNeed: 2}, Group: group, Index: index, Need: need}
	}
	for _, c := range []struct {
		shares []*Share
		want   int
	}{
		{nil, 1},
		{[]*Share{share(0, 0, 3)}, 2}, // two groups of which nothing is known
		{[]*Share{share(0, 0, 3), share(0, 1, 3)}, 2},                                 // one more here, one there
		{[]*Share{share(0, 0, 1)}, 1},                                                 //
		{[]*Share{share(0, 0, 1), share(3, 5, 3)}, 1},                                 //
		{[]*Share{share(0, 0, 1), share(3, 5, 2), share(3, 6, 2)}, 0},                 //
		{[]*Share{share(0, 0, 5), share(1, 1, 5), share(2, 2, 5), share(3, 2, 5)}, 8}, //
	} {
		if got := Missing(c.shares); got != c.want {
			t.Errorf("%d missing, not %d", got, c.want)
		}
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for _, c := range [][3]int{{0, 0, 32}, {0, 1, 32}, {1, 2, 32}, {3, 2, 32}, {2, 17, 32}, {-1, 3, 32}, {2, 3, 15}, {2, 3, 14}, {2, 3, 17}, {2, 3, 66}} {
		if s, err := Split(make([]byte, c[2]), c[0], c[1]); s != nil || fault.Of(err) != fault.SharePlan {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestFewerSayNothing: to any choice of too few shares there is, for any root whatever, a share that completes them. Not the
// choices of a program: the arithmetic itself.
func TestFewerSayNothing(t *testing.T) {
	shares := parseAll(t, splitAll(t, randomBytes(32), 3, 5))
	for range 50 {
		root, digest, got := randomBytes(32), randomBytes(32), make([]byte, 32)
		points := []point{{x: 1, y: shares[1].value.Bytes()}, {x: digestIndex, y: digest}, {x: secretIndex, y: root}}
		completing := make([]byte, 32)
		interpolate(completing, 4, points)
		interpolate(got, secretIndex, []point{points[0], {x: 4, y: completing}, points[1]})
		if !bytes.Equal(got, root) {
			t.Fatal("another root")
		}
	}
}

// TestSharesAreRandom: the same root, split again and again, has nothing twice in any byte of any share, but what chance has.
func TestSharesAreRandom(t *testing.T) {
	root := randomBytes(32)
	const rounds = 100
	for _, plan := range [][2]int{{2, 2}, {3, 3}, {5, 6}} {
		need, of := plan[0], plan[1]
		seen, ids := make([][32]map[byte]bool, of), map[int]bool{}
		for range rounds {
			for i, s := range parseAll(t, splitAll(t, root, need, of)) {
				ids[s.ID] = true
				for k, b := range s.value.Bytes() {
					if seen[i][k] == nil {
						seen[i][k] = map[byte]bool{}
					}
					seen[i][k][b] = true
				}
			}
		}
		// Of 100 draws of 256 numbers 83 are different, and 60 never that few.
		for i := range seen {
			for k, values := range seen[i] {
				if len(values) < 60 {
					t.Fatalf("%d of %d: byte %d of share %d has %d values in %d rounds", need, of, k, i+1, len(values), rounds)
				}
			}
		}
		if len(ids) < rounds*9/10 {
			t.Errorf("%d IDs in %d rounds", len(ids), rounds)
		}
	}
}

func TestSharesAreClean(t *testing.T) {
	texts := splitAll(t, randomBytes(32), 2, 3)
	for i, s := range parseAll(t, texts) {
		if s.Index != i || s.Need != 2 || s.Group != 0 || s.Groups != 1 || s.GroupsNeed != 1 || !s.Extendable || s.Exponent != 0 || s.Size != 32 {
			t.Errorf("%+v", s)
		}
		value := s.value
		s.Close()
		s.Close()
		if value.Bytes() != nil {
			t.Error("not wiped")
		}
		if _, err := s.Words(); fault.Of(err) != fault.Locked {
			t.Error(err)
		}
	}
	(*Share)(nil).Close()
}
