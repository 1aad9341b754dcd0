package keys

import "cryptodesk/engine/identity"

// showCode shows one's own contact card as a picture to scan.
func (s *Screen) showCode(k identity.Public) {}
