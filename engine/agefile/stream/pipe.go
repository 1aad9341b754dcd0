package stream

import (
	"context"
	"io"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// SealWriter seals what is written to it, in parallel, and writes the payload
// to dst in order. One goroutine may use it at a time.
type SealWriter struct {
	pipeline
	w *io.PipeWriter
}

// NewSealWriter starts the workers. Close must be called, also after an error:
// it ends them. Without a Close that answered nil the payload is not complete.
// Cancelling ctx makes Write and Close fail. fileKey is only read before
// NewSealWriter returns.
func NewSealWriter(ctx context.Context, dst io.Writer, fileKey []byte, nonce [NonceSize]byte, opt Options) *SealWriter {
	r, w := io.Pipe()
	job := newJob(false, fileKey, nonce, opt)
	job.in = newInput(r, plainBlock, opt.From)
	job.out = &orderedOutput{dst: dst, to: opt.To, job: job}
	s := &SealWriter{w: w}
	s.start(ctx, job, r)
	return s
}

// Write takes p, which it does not keep.
func (s *SealWriter) Write(p []byte) (int, error) { return s.w.Write(p) }

// Close seals the last chunk and waits for the workers. It does not close the
// writer below. A second Close answers the same.
func (s *SealWriter) Close() error {
	s.w.Close()
	<-s.over
	return s.err
}

// OpenReader opens a payload in parallel and gives the plaintext in order.
// Every byte it gives was authenticated, but only io.EOF says that nothing is
// missing at the end. One goroutine may use it at a time.
type OpenReader struct {
	pipeline
	r *io.PipeReader
}

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
	o := &OpenReader{r: r}
	o.start(ctx, job, w)
	return o
}

// Read gives the next plaintext.
func (o *OpenReader) Read(p []byte) (int, error) { return o.r.Read(p) }

// Close stops the workers, wherever they are, and waits for them. It answers
// nil also when the payload was not read to its end.
func (o *OpenReader) Close() error {
	o.r.CloseWithError(errClosed)
	<-o.over
	return nil
}

// errClosed is what workers find when the reader went away.
var errClosed = fault.New(fault.Cancelled, "", io.ErrClosedPipe)

// pipeline is a job at work on one end of a pipe.
type pipeline struct {
	over chan struct{} // closed when the workers are gone
	err  error         // how it went, once over
}

// start sets the workers to work; own is their end of the pipe. What it is
// closed with, the other end finds.
func (p *pipeline) start(ctx context.Context, job *job, own interface{ CloseWithError(error) error }) {
	p.over = make(chan struct{})
	cancelled := func() { own.CloseWithError(fault.New(fault.Cancelled, "", ctx.Err())) }
	stop := context.AfterFunc(ctx, cancelled)
	go func() {
		defer secret.Guard()
		defer close(p.over)
		defer stop()
		p.err = job.run(ctx)
		if ctx.Err() != nil {
			p.err = fault.New(fault.Cancelled, "", ctx.Err())
		}
		own.CloseWithError(p.err)
	}()
}
