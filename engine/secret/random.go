package secret

import "crypto/rand"

// Random fills b, guarded memory, with a new secret, and leaves no copy in a register.
func Random(b []byte) { do(func() { rand.Read(b) }) }
