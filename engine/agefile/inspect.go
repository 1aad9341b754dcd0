package agefile

import "io"

// Inspect says what can be known of the file at path without a key. The error is
// about reaching the file; what is wrong inside it is in Info.Problem.
func Inspect(path string) (Info, error) { panic("in flight") }

// InspectReader is Inspect of size bytes in r; it cannot fail to reach them.
func InspectReader(r io.ReaderAt, size int64) Info { panic("in flight") }
