package agefile

// Scratch is the reusable memory of one worker that handles many small files.
// Not safe for concurrent use.
type Scratch struct{}

// NewScratch makes scratch for one worker.
func NewScratch() *Scratch { return &Scratch{} }

// Destroy wipes it; nil-safe, idempotent.
func (s *Scratch) Destroy() {}
