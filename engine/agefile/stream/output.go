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
	if len(b.out) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, err := o.dst.WriteAt(b.out, o.base+b.index*o.step); err != nil {
		return fault.FromOS(o.to, err)
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
