package keys

// groups opens the list of groups.
func (s *Screen) groups() {}
