package keys

import "cryptodesk/engine/identity"

// resolve asks which keys of a contact are true.
func (s *Screen) resolve(c identity.Contact) {}
