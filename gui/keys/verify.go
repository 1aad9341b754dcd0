package keys

import "cryptodesk/engine/identity"

// verify opens the sheet in which two people compare what they see.
func (s *Screen) verify(c identity.Contact) {}
