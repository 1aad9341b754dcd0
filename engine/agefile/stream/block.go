package stream

const (
	blockChunks = 4
	plainBlock  = blockChunks * ChunkSize
	sealedBlock = blockChunks * sealedChunk

	// lead is how far the input of a block lies behind its output in the same
	// buffer: enough that no chunk overlaps its own result, so that a block is
	// read and written in one piece each and a chunk that fails to open is
	// still there to find out why.
	lead = sealedChunk + (blockChunks-1)*tagSize
)

// block is what a worker works on: up to four chunks, 256 KiB. Larger blocks
// fall out of the core's cache; smaller ones cost more system calls.
type block struct {
	buf   []byte
	in    []byte // what was read, at buf[lead:]
	out   []byte // what it became, at buf[0:]
	index int64  // the blocks before it
	last  bool
}

func newBlock(input int64) *block { return &block{buf: make([]byte, lead+input)} }

func (b *block) seal(c *chunks) error {
	b.out = b.buf[:0]
	for in, i := b.in, b.index*blockChunks; ; i++ {
		n := min(len(in), ChunkSize)
		rest := in[n:]
		b.out = c.seal(b.out, in[:n], i, b.last && len(rest) == 0)
		if in = rest; len(in) == 0 {
			return nil
		}
	}
}

func (b *block) open(c *chunks) (err error) {
	b.out = b.buf[:0]
	for in, i := b.in, b.index*blockChunks; ; i++ {
		n := min(len(in), sealedChunk)
		rest := in[n:]
		if b.out, err = c.open(b.out, in[:n], i, b.last && len(rest) == 0); err != nil {
			return err
		}
		if in = rest; len(in) == 0 {
			return nil
		}
	}
}
