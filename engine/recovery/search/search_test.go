package search

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// sealed makes a file that takes next to nothing to try a passphrase on.
func sealed(t testing.TB, passphrase string, logN int) string {
	t.Helper()
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(logN)
	var raw bytes.Buffer
	w, err := age.Encrypt(&raw, to)
	if err == nil {
		err = w.Close()
	}
	path := filepath.Join(t.TempDir(), "file.age")
	if err == nil {
		err = os.WriteFile(path, raw.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// ready is a search for what sealed sealed.
func ready(t testing.TB, path string, r *Recipe, opt Options) *Search {
	t.Helper()
	target, err := OpenTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	if opt.Team, err = target.Team(2, 1<<30); err != nil {
		t.Fatal(err)
	}
	s := New(target, guessesOf(t, r), opt)
	t.Cleanup(s.Close)
	return s
}

// alone tries one guess after the other.
func alone(s *Search) { s.opt.Workers, s.opt.AtOnce = 1, 1 }

func over(s *Search) error {
	<-s.Done()
	return s.Err()
}

func found(t *testing.T, s *Search, want string) {
	t.Helper()
	err := over(s)
	got := s.Found()
	defer got.Destroy()
	if err != nil || string(got.Bytes()) != want || s.Progress().State != Found {
		t.Fatalf("found %q (%v), want %q", got.Bytes(), err, want)
	}
	if s.Close(); s.Found() != nil || !s.Closed() {
		t.Error("kept after Close")
	}
}

// Two pieces in unknown order, one slip of the finger.
func TestPlantedPassphraseIsFound(t *testing.T) {
	for planted, level := range map[string]int{"mangoSummer": 0, "Summer-mango": 0, "mango-Sumner": 1, "umangoSummer": 1, "Summermanngo": 1} {
		s := ready(t, sealed(t, planted, 3), summer(), Options{})
		alone(s)
		s.Start(ctx)
		want := error(nil)
		if planted == "umangoSummer" { // one more character is nothing that was allowed
			if want = over(s); fault.Of(want) != fault.NoGuess || s.Progress().State != Exhausted || s.Progress().Done != s.Progress().Total {
				t.Errorf("%s: %v, %+v", planted, want, s.Progress())
			}
			continue
		}
		found(t, s, planted)
		if s.Progress().Level != level {
			t.Errorf("%s: found with %d deviations", planted, s.Progress().Level)
		}
	}
}

func summer() *Recipe {
	return &Recipe{Pieces: []*Piece{piece("Summer", "Winter"), piece("mango")}, AnyOrder: true, Between: choice("", "-"), Slips: AllSlips, Together: 1}
}

// Until what was found is in use, a second search finds it at once.
func TestFoundAgain(t *testing.T) {
	far := filepath.Join(t.TempDir(), "far")
	path := sealed(t, "Summermanngo", 2)
	for again := range 2 {
		s := ready(t, path, summer(), Options{Checkpoint: far})
		alone(s)
		tried := 0
		s.tried = func(uint64) { tried++ }
		s.Start(ctx)
		found(t, s, "Summermanngo")
		if again == 0 && tried < 10 || again == 1 && tried > 0 {
			t.Errorf("%d wrong guesses in search %d", tried, again+1)
		}
	}
	s := ready(t, path, summer(), Options{Checkpoint: far})
	s.Start(ctx)
	found(t, s, "Summermanngo")
	s.Forget()
	if _, err := os.Stat(far); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestHangulTypedOnLatinKeys(t *testing.T) {
	s := ready(t, sealed(t, "dkssud123", 2), &Recipe{Pieces: []*Piece{piece("안녕"), piece("123")}, Keyboards: []Keyboard{Latin}, Together: 1}, Options{})
	s.Start(ctx)
	found(t, s, "dkssud123")
}

func TestOneUnknownCharacter(t *testing.T) {
	s := ready(t, sealed(t, "blue?1999", 2), &Recipe{Pieces: []*Piece{piece("blue"), piece("1999")}, Unknown: AnyLatin | More, Together: 1}, Options{})
	s.Start(ctx)
	found(t, s, "blue?1999")
}

// Each guess is tried by exactly one shard, and one of them finds it.
func TestShardsOfASearch(t *testing.T) {
	path := sealed(t, "mangooSummer", 2)
	var mu sync.Mutex
	tried := make(map[uint64]int)
	finds := 0
	for shard := range uint64(3) {
		s := ready(t, path, summer(), Options{Shard: shard, Shards: 3})
		s.tried = func(n uint64) { mu.Lock(); tried[n]++; mu.Unlock() }
		s.Start(ctx)
		switch err := over(s); fault.Of(err) {
		case "":
			finds++
		case fault.NoGuess:
			if p := s.Progress(); p.Done != p.Total {
				t.Errorf("%+v", p)
			}
		default:
			t.Fatal(err)
		}
	}
	for n, times := range tried {
		if times != 1 {
			t.Errorf("guess %d tried %d times", n, times)
		}
	}
	if finds != 1 {
		t.Errorf("%d shards found it", finds)
	}
}

// await waits for a state without a clock.
func await(s *Search, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.state != state && !s.state.Over() {
		s.changed.Wait()
	}
}

func TestPauseAndResume(t *testing.T) {
	s := ready(t, sealed(t, "no such thing", 2), summer(), Options{Checkpoint: filepath.Join(t.TempDir(), "far"), Store: safefile.New("")})
	var mu sync.Mutex
	tried := make(map[uint64]int)
	s.tried = func(n uint64) {
		mu.Lock()
		defer mu.Unlock()
		if tried[n]++; len(tried)%100 == 50 {
			s.Pause()
		}
	}
	s.Start(ctx)
	pauses := 0
	for {
		await(s, Paused)
		p := s.Progress()
		if p.State != Paused {
			break
		}
		pauses++
		if _, err := os.Stat(s.opt.Checkpoint); err != nil || p.Rate != 0 || p.Done == 0 || p.Done >= p.Total {
			t.Fatalf("paused: %+v, %v", p, err)
		}
		s.Resume()
	}
	if err := over(s); fault.Of(err) != fault.NoGuess {
		t.Fatal(err)
	}
	if total := s.Progress().Total; uint64(len(tried)) != total || pauses < 3 {
		t.Errorf("%d of %d guesses tried with %d pauses", len(tried), total, pauses)
	}
	if _, err := os.Stat(s.opt.Checkpoint); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a checkpoint is left of a search that is over: %v", err)
	}
}

func TestStop(t *testing.T) {
	for name, at := range map[string]int{"before the first": 0, "on the way": 100} {
		t.Run(name, func(t *testing.T) {
			far := filepath.Join(t.TempDir(), "far")
			stopping, stop := context.WithCancel(ctx)
			defer stop()
			s := ready(t, sealed(t, "no such thing", 2), summer(), Options{Checkpoint: far})
			if at == 0 {
				stop()
			}
			s.tried = func(n uint64) {
				if n == uint64(at) {
					stop()
					<-s.ctx.Done()
				}
			}
			s.Start(stopping)
			if err := over(s); fault.Of(err) != fault.Cancelled || s.Progress().State != Stopped {
				t.Error(err)
			}
			s.Resume()
			if at == 0 {
				return
			}
			again := ready(t, s.target.path, summer(), Options{Checkpoint: far})
			again.Start(ctx)
			err := over(again)
			if fault.Of(err) != fault.NoGuess || again.ran < s.ran {
				t.Errorf("%v, ran for %v and %v", err, s.ran, again.ran)
			}
		})
	}
}

func TestStopInTheMiddleOfAGuess(t *testing.T) {
	s := ready(t, sealed(t, "no such thing", 16), summer(), Options{})
	alone(s)
	s.tried = func(uint64) { s.Stop() }
	s.Start(ctx)
	if err := over(s); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
	k, err := newScrypt(1<<16, ageR, ageP)
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	k.stop = &s.halt
	if k.key(make([]byte, keySize), []byte("a"), []byte("b")) {
		t.Error("a guess went on after Stop")
	}
}

// A search that ended anyhow goes on where it was, and tells other searches'
// notes from its own.
func TestCheckpoint(t *testing.T) {
	far := filepath.Join(t.TempDir(), "far")
	path := sealed(t, "no such thing", 2)
	begin := func(path string, r *Recipe, opt Options) *Search {
		opt.Checkpoint = far
		return ready(t, path, r, opt)
	}
	var mu sync.Mutex
	tried := make(map[uint64]int)
	for _, until := range []int{200, 400} {
		s := begin(path, summer(), Options{})
		s.tried = func(n uint64) {
			mu.Lock()
			defer mu.Unlock()
			if tried[n]++; len(tried) == until {
				s.Stop()
			}
		}
		s.Start(ctx)
		over(s)
	}
	for n, times := range tried {
		if times != 1 {
			t.Errorf("guess %d tried %d times", n, times)
		}
	}
	note := read(t, far)
	fewer := summer()
	fewer.Pieces[0].Optional = true
	for name, c := range map[string]struct {
		search *Search
		file   []byte
		want   fault.Kind
	}{
		"another recipe": {begin(path, fewer, Options{}), note, fault.CheckpointForeign},
		"another file":   {begin(sealed(t, "no such thing", 2), summer(), Options{}), note, fault.CheckpointForeign},
		"another shard":  {begin(path, summer(), Options{Shards: 2}), note, fault.CheckpointForeign},
		"cut":            {begin(path, summer(), Options{}), note[:len(note)-1], fault.CheckpointDamaged},
		"longer":         {begin(path, summer(), Options{}), append(slices.Clone(note), 0), fault.CheckpointDamaged},
		"empty":          {begin(path, summer(), Options{}), nil, fault.CheckpointDamaged},
		"changed":        {begin(path, summer(), Options{}), flipped(note), fault.CheckpointDamaged},
		"newer":          {begin(path, summer(), Options{}), bytes.Replace(note, []byte("v1\n"), []byte("v2\n"), 1), fault.TooNew},
		"something else": {begin(path, summer(), Options{}), read(t, path), fault.CheckpointDamaged},
	} {
		if err := os.WriteFile(far, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		c.search.Start(ctx)
		if err := over(c.search); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(read(t, far), c.file) {
			t.Errorf("%s: the file was touched", name)
		}
	}
}

func flipped(b []byte) []byte {
	c := slices.Clone(b)
	c[len(checkpointTitle)+saltSize+30] ^= 1
	return c
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A disk that fails is told and does not end the search.
func TestCheckpointCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	s := ready(t, sealed(t, "no such thing", 2), summer(), Options{Checkpoint: filepath.Join(dir, "far")})
	told := false
	s.now = stepping(time.Second)
	s.tried = func(uint64) { told = told || s.Progress().Problem != nil }
	alone(s)
	s.Start(ctx)
	if err := over(s); fault.Of(err) != fault.NoGuess || !told {
		t.Errorf("%v, told: %v", err, told)
	}
}

// stepping is a clock that goes on by step each time somebody looks.
func stepping(step time.Duration) func() time.Time {
	var mu sync.Mutex
	now := time.Unix(1_800_000_000, 0)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(step)
		return now
	}
}

func TestHopeless(t *testing.T) {
	path := sealed(t, "no such thing", 2)
	total := counted(t, guessesOf(t, summer())).Total
	begin := func(rate float64, opt Options) error {
		opt.Rate = rate
		s := ready(t, path, summer(), opt)
		s.Start(ctx)
		return over(s)
	}
	hour := float64(total) / 3600
	if err := begin(hour/2, Options{Longest: time.Hour, Shards: 1}); fault.Of(err) != fault.Hopeless {
		t.Error(err)
	} else if o := (Outlook{}); !errors.As(err, &o) || o.Guesses != total || !o.Exact || o.Seconds < 7199 || o.Seconds > 7201 {
		t.Errorf("%+v", o)
	}
	if err := begin(hour/100, Options{Longest: time.Hour}); fault.Of(err) != fault.Hopeless {
		t.Error(err)
	} else if o := (Outlook{}); !errors.As(err, &o) || o.Guesses < total || o.Exact {
		t.Errorf("%+v", o)
	}
	for _, opt := range []Options{{Longest: time.Hour, Shards: 3}, {}} {
		if err := begin(hour/2, opt); fault.Of(err) != fault.NoGuess {
			t.Error(err)
		}
	}
}

func TestTargets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	toKeys := func() string {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		w, err := age.Encrypt(&raw, id.Recipient())
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return raw.String()
	}
	stanza := func(factor string) string {
		return "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA " + factor +
			"\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	}
	for path, want := range map[string]fault.Kind{
		filepath.Join(dir, "nothing"):     fault.NotFound,
		dir:                               fault.NotRegular,
		write("text", "hello\n"):          fault.NotEncrypted,
		write("empty", ""):                fault.Empty,
		write("keys", toKeys()):           fault.NotPassphrase,
		write("factor 22", stanza("22")):  "",
		write("factor 23", stanza("23")):  fault.WorkFactor,
		write("factor 99", stanza("99")):  fault.WorkFactor,
		write("factor 0", stanza("0")):    fault.HeaderDamaged,
		write("factor -1", stanza("-1")):  fault.HeaderDamaged,
		write("factor 1", stanza("1")):    "",
		write("two", stanza("1")[:100]):   fault.Truncated,
		write("long", stanza("99999999")): fault.WorkFactor,
	} {
		target, err := OpenTarget(path)
		if fault.Of(err) != want {
			t.Errorf("%s: %v", path, err)
		}
		if err == nil && target.Memory() < 1024<<target.WorkFactor() {
			t.Errorf("%s: %d bytes a guess", path, target.Memory())
		}
	}
}

func TestTeam(t *testing.T) {
	target, err := OpenTarget(sealed(t, "a", 10))
	if err != nil {
		t.Fatal(err)
	}
	one := target.Memory()
	for _, c := range []struct {
		workers int
		memory  int64
		want    Team
	}{{4, 3 * one, Team{3, 3, 3 * one}}, {4, 4*one + 1, Team{4, 4, 4 * one}}, {2, 100 * one, Team{2, 4, 4 * one}}, {1, one, Team{1, 1, one}},
		{2, 3 * one, Team{2, 3, 3 * one}}} {
		if team, err := target.Team(c.workers, c.memory); err != nil || team != c.want {
			t.Errorf("%+v: %+v, %v", c, team, err)
		}
	}
	if _, err := target.Team(1, one-1); fault.Of(err) != fault.MemoryShort {
		t.Error(err)
	}
	if team, err := target.Team(0, 0); err != nil || team.Workers < 1 {
		t.Errorf("%+v, %v", team, err)
	}
}

func TestMeasure(t *testing.T) {
	target, err := OpenTarget(sealed(t, "a", 8))
	if err != nil {
		t.Fatal(err)
	}
	team, err := target.Team(2, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if rate, err := target.Measure(ctx, team); err != nil || rate <= 0 {
		t.Errorf("%v, %v", rate, err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := target.Measure(stopped, team); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}

func TestProgress(t *testing.T) {
	s := ready(t, sealed(t, "no such thing", 2), summer(), Options{Rate: 5})
	if p := s.Progress(); p.State != Counting || p.Left != -1 || p.Total != 0 {
		t.Errorf("%+v", p)
	}
	s.now = stepping(time.Second)
	alone(s)
	var last Progress
	s.tried = func(n uint64) {
		p := s.Progress()
		if p.Done < last.Done || p.Done > p.Total || p.State != Running || p.Left < 0 {
			t.Errorf("%+v after %+v", p, last)
		}
		if n > 100 && (p.Rate < 0.1 || p.Rate > 1) {
			t.Errorf("rate %v", p.Rate)
		}
		last = p
	}
	s.Start(ctx)
	over(s)
	if p := s.Progress(); p.Left != 0 || p.Done != p.Total || p.Count.Total != p.Total {
		t.Errorf("%+v", p)
	}
}

func TestNotStartedIsClosed(t *testing.T) {
	s := ready(t, sealed(t, "a", 2), summer(), Options{})
	s.Close()
	s.Close()
	if s.guesses.recipe.Pieces != nil {
		t.Error("what was remembered is still there")
	}
}

func ExampleSearch() {
	recipe := &Recipe{Slips: AllSlips, Together: 1, AnyOrder: true}
	for _, text := range []string{"mango", "Summer"} {
		p := &Piece{}
		if err := p.Add(secret.Take([]byte(text))); err != nil {
			panic(err)
		}
		recipe.Pieces = append(recipe.Pieces, p)
	}
	guesses, err := NewGuesses(recipe)
	if err != nil {
		panic(err)
	}
	target, err := OpenTarget("keyring.age")
	if err != nil {
		fmt.Println(fault.Of(err))
		return
	}
	team, err := target.Team(0, 0)
	if err != nil {
		panic(err)
	}
	s := New(target, guesses, Options{Team: team})
	defer s.Close()
	s.Start(context.Background())
	<-s.Done()
	// Output: NotFound
}
