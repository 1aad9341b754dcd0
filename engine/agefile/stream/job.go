package stream

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// maxWorkers bounds the memory on machines with many cores: by then the one
// write at a time is what takes the time.
const maxWorkers = 32

// job is one payload on its way. Each worker fetches a block, seals or opens
// it and delivers it, until there are no more or one of them failed.
type job struct {
	opt    Options
	chunks *chunks // copied by each worker
	opens  bool
	in     input
	out    output
	done   atomic.Int64 // output bytes delivered

	mu       sync.Mutex
	moved    sync.Cond // next or failedAt changed
	next     int64     // the block whose turn it is to be delivered
	failedAt int64
	err      error
}

// newJob derives the payload key; fileKey is not needed afterwards.
func newJob(opens bool, fileKey []byte, nonce [NonceSize]byte, opt Options) *job {
	j := &job{opt: opt, opens: opens, failedAt: math.MaxInt64}
	j.moved.L = &j.mu
	secret.Do(func() { j.chunks = newChunks(fileKey, nonce) })
	j.chunks.from = opt.From
	return j
}

func (j *job) run(ctx context.Context) error {
	n := j.workers()
	if n == 1 {
		j.work(ctx)
		return j.err
	}
	var pool sync.WaitGroup
	for range n {
		pool.Go(func() { j.work(ctx) })
	}
	pool.Wait()
	return j.err
}

func (j *job) workers() int {
	n := j.opt.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0) + 1
	}
	n = min(n, maxWorkers)
	if blocks := j.in.count(); blocks > 0 {
		n = int(min(int64(n), blocks))
	}
	return n
}

// work is a worker's whole life, all of it inside secret.Do: what a goroutine
// started in there leaves behind would not be erased.
func (j *job) work(ctx context.Context) {
	secret.Do(func() {
		b, c := newBlock(j.in.room()), *j.chunks
		defer secret.Wipe(b.buf)
		for !j.failed() {
			if ctx.Err() != nil {
				j.fail(math.MaxInt64-1, fault.New(fault.Cancelled, "", ctx.Err()))
				return
			}
			more, err := j.step(&c, b)
			if err != nil {
				j.fail(b.index, err)
			}
			if !more {
				return
			}
		}
	})
}

func (j *job) step(c *chunks, b *block) (more bool, err error) {
	defer rescue(&err)
	if more, err = j.in.fetch(b); err != nil || !more {
		return false, err
	}
	return true, j.turn(c, b)
}

func (j *job) turn(c *chunks, b *block) error {
	plain := len(b.in)
	if err := j.convert(c, b); err != nil {
		return err
	}
	if j.opens {
		plain = len(b.out)
	}
	if err := j.out.deliver(b); err != nil {
		return err
	}
	j.done.Add(int64(len(b.out)))
	if j.opt.Progress != nil && plain > 0 {
		j.opt.Progress(int64(plain))
	}
	return nil
}

func (j *job) convert(c *chunks, b *block) error {
	if j.opens {
		return b.open(c)
	}
	return b.seal(c)
}

// fail keeps the error of the first block in file order. All blocks before it
// are with some worker by then, so the answer does not depend on timing.
func (j *job) fail(index int64, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if index < j.failedAt {
		j.failedAt, j.err = index, err
	}
	j.moved.Broadcast()
}

func (j *job) failed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err != nil
}

// await waits until every block before index was delivered; then it is this
// one's turn.
func (j *job) await(index int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.next != index {
		if j.failedAt < index {
			return j.err
		}
		j.moved.Wait()
	}
	return nil
}

// pass gives the turn to the next block.
func (j *job) pass() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	j.moved.Broadcast()
}

// checkEnd opens the last chunk of a long payload before anything else, so that
// a file that was cut off says so at once and not after an hour.
func (j *job) checkEnd(in *fileBlocks) (err error) {
	if in.count() == 1 {
		return nil
	}
	secret.Do(func() {
		defer rescue(&err)
		index := chunkCount(in.size, sealedChunk) - 1
		at := index * sealedChunk
		sealed, plain := make([]byte, in.size-at), make([]byte, 0, ChunkSize)
		if err = in.read(sealed, at); err == nil {
			plain, err = j.chunks.open(plain, sealed, index, true)
			secret.Wipe(plain)
		}
	})
	return err
}

// rescue, deferred, turns a panic of the caller's reader or writer into a fault.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fault.New(fault.Internal, "", fmt.Errorf("payload: panic: %v", p))
	}
}
