package search

import (
	"maps"
	"slices"
	"sync"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// run is the whole search.
func (s *Search) run() error {
	if err := s.prepare(); err != nil {
		return err
	}
	defer s.point.close()
	for s.mayRun() {
		if err := s.round(); err != nil {
			return err
		}
		s.save()
		if over, err := s.outcome(); over {
			if err != nil {
				s.point.remove()
			}
			return err
		}
	}
	return fault.New(fault.Cancelled, s.target.path, nil)
}

// prepare counts, refuses what has no hope, and finds out where to begin.
func (s *Search) prepare() error {
	most := uint64(0)
	if s.opt.Longest > 0 && s.opt.Rate > 0 {
		// Twice as many ways as guesses would be unusual, four times as many is no recipe.
		most = 4*uint64(s.opt.Rate*s.opt.Longest.Seconds())*s.opt.Shards + 1
	}
	count, err := s.guesses.Count(s.ctx, s.opt.Room(), most)
	if err != nil {
		return s.hopeless(err, s.guesses.Bound(), false)
	}
	s.mu.Lock()
	s.count = count
	s.mu.Unlock()
	if s.opt.Checkpoint != "" {
		if err := s.goOn(); err != nil {
			return err
		}
	}
	left := s.own(count.Total) - s.own(min(count.Total, s.next)) + uint64(len(s.flight))
	if o := Expect(left, true, s.opt.Rate); most > 0 && o.Seconds > s.opt.Longest.Seconds() {
		return s.hopeless(fault.New(fault.Hopeless, "", nil), left, true)
	}
	return nil
}

// hopeless gives the fault its numbers.
func (s *Search) hopeless(err error, guesses uint64, exact bool) error {
	if fault.Of(err) != fault.Hopeless {
		return err
	}
	return fault.New(fault.Hopeless, s.target.path, Expect(guesses, exact, s.opt.Rate))
}

// goOn looks for a checkpoint and goes on where it says.
func (s *Search) goOn() error {
	with, err := newScrypt(1<<s.target.lock.LogN, ageR, ageP)
	if err != nil {
		return err
	}
	defer with.close()
	with.stop = &s.quit
	point, n, found, err := openCheckpoint(s.opt.Store, s.opt.Checkpoint, s.guesses, with)
	if err != nil {
		return err
	}
	if found && (n.target != s.target.digest() || n.shard != s.opt.Shard || n.shards != s.opt.Shards || n.total != s.count.Total) {
		point.close()
		return fault.New(fault.CheckpointForeign, s.opt.Checkpoint, nil)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.point, s.next, s.ran = point, n.next, time.Duration(n.elapsed)
	for _, number := range n.pending() {
		s.flight[number] = struct{}{}
	}
	return nil
}

// mayRun waits while it is paused; false when it was stopped.
func (s *Search) mayRun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.wanted == Paused {
		s.state = Paused
		s.changed.Broadcast()
		s.changed.Wait()
	}
	if s.wanted == Running {
		s.state = Running
		s.halt.Store(false)
	}
	return s.wanted == Running
}

// round tries guesses until there are none left, one was right, or the workers
// were told to give up.
func (s *Search) round() error {
	workers, err := s.target.take(s.opt.Team, &s.halt)
	if err != nil {
		return err
	}
	o := s.guesses.inOrder(s.opt.Shard, s.opt.Shards, s.next, slices.Sorted(maps.Keys(s.flight))...)
	s.mu.Lock()
	s.order, s.since, s.saved = o, s.now(), s.now()
	s.meter.begin(s.since)
	s.mu.Unlock()
	var crew sync.WaitGroup
	for _, side := range workers {
		crew.Go(func() {
			defer secret.Guard()
			defer giveBack(side)
			s.work(side)
		})
	}
	crew.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = s.reached()
	s.ran += s.now().Sub(s.since)
	s.since = time.Time{}
	s.order = nil
	o.close()
	return nil
}

// giveBack wipes the memory of a worker.
func giveBack(side []*scrypt) {
	for _, k := range side {
		k.close()
	}
}

// trial is a guess under way.
type trial struct {
	with      *scrypt
	room, key *secret.Buffer
	size      int // of the guess in room
	number    uint64
	right     bool
}

func (g *trial) text() []byte { return g.room.Bytes()[:g.size] }

// work tries guesses, as many at a time as it has memory for.
func (s *Search) work(side []*scrypt) {
	all := make([]*trial, len(side))
	for i, k := range side {
		all[i] = &trial{with: k, room: secret.New(utf8Max * (maxKeys + roomForSlips)), key: secret.New(keySize)}
		defer all[i].room.Destroy()
		defer all[i].key.Destroy()
	}
	for !s.halt.Load() {
		under := s.takeFor(all)
		if len(under) == 0 || !s.try(under) {
			return // those not done stay in flight, to be tried again
		}
		for _, g := range under {
			if g.right {
				s.right(g.text())
				return
			}
		}
		for _, g := range under {
			s.wrong(g.number)
		}
	}
}

// takeFor hands out guesses to as many of all as there are guesses left.
func (s *Search) takeFor(all []*trial) (under []*trial) {
	for i, g := range all {
		var ok bool
		if g.size, g.number, ok = s.take(g.room.Bytes()); !ok {
			return all[:i]
		}
	}
	return all
}

// try derives the keys of some guesses at once and says which fit; false when it
// was told to give up.
func (s *Search) try(under []*trial) (done bool) {
	secret.Do(func() {
		var with [2]*scrypt
		for i, g := range under {
			g.with.begin(g.text(), s.target.lock.Salt)
			with[i] = g.with
		}
		done = mix(with[:len(under)]...)
		for _, g := range under {
			g.with.end(g.key.Bytes())
			g.right = done && s.target.lock.Opens(g.key.Bytes())
		}
	})
	return done
}

// take hands out the next guess.
func (s *Search) take(room []byte) (n int, number uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, number, level, ok := s.order.take(room)
	if ok {
		s.flight[number] = struct{}{}
		s.level = max(s.level, level)
	}
	return n, number, ok
}

// right keeps the guess that fits and tells everybody to give up.
func (s *Search) right(guess []byte) {
	found := secret.New(len(guess))
	secret.Copy(found.Bytes(), guess)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = found
	s.halt.Store(true)
}

// wrong is the end of a guess that does not fit.
func (s *Search) wrong(number uint64) {
	s.mu.Lock()
	delete(s.flight, number)
	now := s.now()
	s.meter.add(now)
	due := now.Sub(s.saved) >= noteEvery
	if due {
		s.saved = now
	}
	s.mu.Unlock()
	if s.tried != nil {
		s.tried(number)
	}
	if due {
		s.save()
		// Others wait for a moment without secrets on the heap, and while a
		// search runs there is none.
		secret.Settle()
	}
}

// reached is the number before which every own guess was handed out.
func (s *Search) reached() uint64 {
	if s.order == nil {
		return s.next
	}
	return max(s.next, s.order.next)
}

// note is how far it is. More guesses under way than a checkpoint has room for
// are done again with all after them.
func (s *Search) note() note {
	n := note{target: s.target.digest(), shard: s.opt.Shard, shards: s.opt.Shards, total: s.count.Total,
		next: s.reached(), elapsed: uint64(s.running())}
	pending := slices.Sorted(maps.Keys(s.flight))
	if len(pending) > maxRedo {
		n.next, pending = pending[maxRedo], pending[:maxRedo]
	}
	n.unfinished = uint64(copy(n.redo[:], pending))
	return n
}

// save writes the checkpoint. That it cannot be written is told, and no reason
// to stop.
func (s *Search) save() {
	if s.point == nil {
		return
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	n := s.note()
	s.mu.Unlock()
	problem := fault.As(s.point.write(n))
	s.mu.Lock()
	s.problem = problem
	s.mu.Unlock()
}

// running is for how long it has run, pauses not counted.
func (s *Search) running() time.Duration {
	if s.since.IsZero() {
		return s.ran
	}
	return s.ran + s.now().Sub(s.since)
}

// outcome says whether the search is over after a round, and how.
func (s *Search) outcome() (over bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.found != nil:
		return true, nil
	case s.next >= s.count.Total && len(s.flight) == 0:
		return true, fault.New(fault.NoGuess, s.target.path, nil)
	}
	return false, nil
}

// finish makes the outcome stand. What was remembered is wiped before anybody
// can see that: a search that is over may be kept for long.
func (s *Search) finish(err error) {
	s.guesses.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed.Broadcast()
	s.err = err
	switch fault.Of(err) {
	case "":
		s.state = Found
	case fault.NoGuess:
		s.state = Exhausted
	case fault.Cancelled:
		s.state = Stopped
	default:
		s.state = Failed
	}
}
