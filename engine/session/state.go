package session

// Put keeps v, a few KiB of JSON, in the section of that name of the sealed
// state. It is on disk within two seconds and at Lock. v nil removes the
// section. Does nothing while locked.
func (s *Session) Put(section string, v []byte) {}

// Get is what Put kept under that name, in this session or an earlier one; nil
// if nothing, and while locked.
func (s *Session) Get(section string) []byte { return nil }

// StateProblem is why the state of the session before could not be used:
// StateDamaged, StateOld, TooNew, or nil. It stands until the next unlock.
func (s *Session) StateProblem() error { return nil }
