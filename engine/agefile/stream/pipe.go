package stream

import (
	"context"
	"io"

	"cryptodesk/engine/fault"
)

// SealWriter seals what is written to it, in parallel, and writes the payload
// to dst in order. One goroutine may use it at a time.
type SealWriter struct{ pipeline }

// NewSealWriter starts the workers. Close must be called, also after an error:
// it ends them. Without a Close that answered nil the payload is not complete.
// Cancelling ctx makes Write and Close fail. fileKey is only read before
// NewSealWriter returns.
func NewSealWriter(ctx context.Context, dst io.Writer, fileKey []byte, nonce [NonceSize]byte, opt Options) *SealWriter {
	r, w := io.Pipe()
	job := newJob(false, fileKey, nonce, opt)
	job.in = newInput(r, plainBlock, opt.From)
	job.out = &orderedOutput{dst: dst, to: opt.To, job: job}
	s := &SealWriter{}
	s.start(ctx, job, r, w)
	return s
}

// Write takes p, which it does not keep.
func (s *SealWriter) Write(p []byte) (int, error) { return s.w.Write(p) }

// Close seals the last chunk and waits for the workers. It does not close the
// writer below. A second Close answers the same.
func (s *SealWriter) Close() error { return s.end(nil) }

// OpenReader opens a payload in parallel and gives the plaintext in order.
// Every byte it gives was authenticated, but only io.EOF says that nothing is
// missing at the end. One goroutine may use it at a time.
type OpenReader struct{ pipeline }

// NewOpenReader starts the workers. src is the payload without the nonce, read
// to its end: in parallel if it is a Source (an io.SectionReader of a file
// is), else in order. Close must be called: it ends the workers. Read fails
// with the faults of Open. fileKey is only read before NewOpenReader returns.
// While Close waits for a Read of src that blocks, closing src ends the wait.
func NewOpenReader(ctx context.Context, src io.Reader, fileKey []byte, nonce [NonceSize]byte, opt Options) *OpenReader {
	r, w := io.Pipe()
	job := newJob(true, fileKey, nonce, opt)
	job.in = newInput(src, sealedBlock, opt.From)
	job.out = &orderedOutput{dst: w, to: opt.To, job: job}
	o := &OpenReader{}
	o.start(ctx, job, r, w)
	return o
}

// Read gives the next plaintext.
func (o *OpenReader) Read(p []byte) (int, error) { return o.r.Read(p) }

// Close stops the workers, wherever they are, and waits for them. It answers
// nil also when the payload was not read to its end.
func (o *OpenReader) Close() error {
	o.end(errClosed)
	return nil
}

// errClosed is what workers find when the reader went away.
var errClosed = fault.New(fault.Cancelled, "", io.ErrClosedPipe)

// pipeline is a job at work behind a pipe.
type pipeline struct {
	ctx  context.Context
	r    *io.PipeReader
	w    *io.PipeWriter
	over chan struct{} // closed when the workers are gone
	err  error         // of the job, once over
}

func (p *pipeline) start(ctx context.Context, job *job, r *io.PipeReader, w *io.PipeWriter) {
	p.ctx, p.r, p.w, p.over = ctx, r, w, make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		err := fault.New(fault.Cancelled, "", ctx.Err())
		r.CloseWithError(err)
		w.CloseWithError(err)
	})
	go func() {
		defer close(p.over)
		defer stop()
		p.err = job.run(ctx)
		r.CloseWithError(p.err) // for whoever still writes
		w.CloseWithError(p.err) // for whoever still reads; nil is io.EOF
	}()
}

// end closes both ends, waits for the workers and answers how it went.
func (p *pipeline) end(reason error) error {
	if reason != nil {
		p.r.CloseWithError(reason)
	}
	p.w.CloseWithError(reason)
	<-p.over
	if p.err == nil && p.ctx.Err() != nil {
		return fault.New(fault.Cancelled, "", p.ctx.Err())
	}
	return p.err
}
