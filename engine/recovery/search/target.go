package search

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"runtime"
	"sync/atomic"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
)

// Target is what guesses are tried on: the header of a file that is encrypted
// with a passphrase. It holds nothing secret.
type Target struct {
	path string
	lock *agefile.PassphraseLock
}

// OpenTarget reads the header of a keyring, a backup or any other file. Errors:
// those of reading, NotPassphrase, WorkFactor.
func OpenTarget(path string) (*Target, error) {
	lock, err := agefile.ReadPassphraseLock(path)
	if err != nil {
		return nil, err
	}
	return &Target{path: path, lock: lock}, nil
}

// Path is the file it was read from.
func (t *Target) Path() string { return t.path }

// WorkFactor is scrypt's, as a power of two.
func (t *Target) WorkFactor() int { return t.lock.LogN }

// Memory is how many bytes one guess takes.
func (t *Target) Memory() int64 { return memoryOf(1<<t.lock.LogN, ageR, ageP) }

// Name tells one file from another, and stays when the file is moved or
// copied: 16 hex digits.
func (t *Target) Name() string {
	d := t.digest()
	return hex.EncodeToString(d[:8])
}

// digest tells one lock from another.
func (t *Target) digest() [sha256.Size]byte {
	h := sha256.New()
	for _, part := range [][]byte{t.lock.Salt, t.lock.Box, binary.BigEndian.AppendUint64(nil, uint64(t.lock.LogN))} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Team is who tries guesses. A worker does best with two at a time, so AtOnce is
// up to twice Workers.
type Team struct {
	Workers int   // each on a core
	AtOnce  int   // guesses under way, at least one a worker
	Memory  int64 // bytes they take together
}

// programSize is what the program takes beside a search.
const programSize = 64 << 20

// Peak is how many bytes of memory a program takes at most that searches among
// those guesses with this team.
func (t Team) Peak(c Count) int64 { return t.Memory + int64(c.ways/8) + programSize }

// Room is how many bytes a count may work in: those of the team, which it does
// not need yet, or 32 MiB.
func (t Team) Room() int64 { return max(t.Memory, 32<<20) }

// Team is as many workers as there are cores, or as asked for when workers is
// not 0, and as many guesses at once as they can use and as fit into memory
// bytes; 0 is half of what the system can spare now. Errors: MemoryShort.
func (t *Target) Team(workers int, memory int64) (Team, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if memory <= 0 {
		memory = spare() / 2
	}
	atOnce := int(min(2*int64(workers), memory/t.Memory()))
	if atOnce == 0 {
		return Team{}, fault.New(fault.MemoryShort, t.path, nil)
	}
	return Team{Workers: min(workers, atOnce), AtOnce: atOnce, Memory: int64(atOnce) * t.Memory()}, nil
}

// take is the memory for a team: for each worker one scrypt or two. When the
// system has not as much as it said there are fewer, but one. Errors:
// MemoryShort.
func (t *Target) take(team Team, stop *atomic.Bool) (workers [][]*scrypt, err error) {
	workers = make([][]*scrypt, team.Workers)
	for i := range min(team.AtOnce, 2*team.Workers) {
		k, err := newScrypt(1<<t.lock.LogN, ageR, ageP)
		switch {
		case err != nil && i == 0:
			return nil, err
		case err != nil:
			return workers[:min(i, team.Workers)], nil //nolint:nilerr // fewer of them do the same work
		}
		k.stop = stop
		workers[i%team.Workers] = append(workers[i%team.Workers], k)
	}
	return workers, nil
}
