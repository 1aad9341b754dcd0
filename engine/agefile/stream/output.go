package stream

import (
	"io"
	"sync"

	"cryptodesk/engine/fault"
)

// output takes finished blocks; several workers call deliver at once.
type output interface {
	deliver(b *block) error
}

// piece is the most that is written at once, up to the next multiple of it in
// the file. Linux takes a larger write into larger pages of the page cache,
// and a virtual machine often has to get those from its host first: opening
// 1 GiB onto ext4, flushed, took a median of 0.65 s in pieces of 16 KiB, 0.83 s
// of 32 KiB and 0.94 s of 64 KiB, and 1 s more of kernel time in larger ones.
// On tmpfs it makes no difference.
const piece = 16 << 10

// fileOutput writes each block where it belongs, in any order, but one at a
// time: writers of one inode spin on its lock in the kernel, and a core that
// spins seals nothing.
type fileOutput struct {
	dst        io.WriterAt
	base, step int64
	to         string
	mu         sync.Mutex
}

func (o *fileOutput) deliver(b *block) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for rest, at := b.out, o.base+b.index*o.step; len(rest) > 0; {
		n := min(int64(len(rest)), piece-at%piece)
		if _, err := o.dst.WriteAt(rest[:n], at); err != nil {
			return fault.FromOS(o.to, err)
		}
		rest, at = rest[n:], at+n
	}
	return nil
}

// orderedOutput writes the blocks in order. A worker waits for its turn with
// the finished block in its hands, so nothing else is held in memory.
type orderedOutput struct {
	dst io.Writer
	to  string
	job *job
}

func (o *orderedOutput) deliver(b *block) error {
	if err := o.job.await(b.index); err != nil {
		return err
	}
	if len(b.out) > 0 {
		if _, err := o.dst.Write(b.out); err != nil {
			return fault.FromOS(o.to, err)
		}
	}
	o.job.pass()
	return nil
}
