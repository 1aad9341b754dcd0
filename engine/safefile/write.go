package safefile

import "io/fs"

// WriteFile publishes data under target in one step: whole or not at all.
// Policies and errors as for File.Commit.
func WriteFile(target string, data []byte, mode fs.FileMode, policy Policy) (final string, err error) {
	s := New("")
	defer s.Close()
	f, err := s.Create(target, mode)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	return f.Commit(policy)
}
