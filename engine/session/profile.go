package session

import (
	"encoding/json"
	"io"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/safefile"
)

const (
	profileVersion = 1
	maxProfile     = 64 << 10 // bytes
)

// profile is what may be read while locked. It holds nothing that unlocking
// needs: a lost or damaged one is written anew from the keyring.
type profile struct {
	Version int    `json:"version"`
	Owner   string `json:"owner"`
	Agent   bool   `json:"agent,omitempty"` // the keyring names a recovery agent
}

// readProfile is the zero profile if there is none that makes sense.
func readProfile(path string) profile {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return profile{}
	}
	defer src.Close()
	text, err := io.ReadAll(io.LimitReader(src, maxProfile))
	if err != nil {
		return profile{}
	}
	var p profile
	if json.Unmarshal(text, &p) != nil {
		return profile{}
	}
	if p.Owner, err = identity.CleanName(p.Owner); err != nil {
		p.Owner = ""
	}
	return p
}

// writeOwner writes the profile, whole or not at all, except over one of a
// later version.
func (s *Session) writeOwner(owner string) error { return s.writeProfile(owner, s.HasAgent()) }

func (s *Session) writeProfile(owner string, agent bool) error {
	if readProfile(s.profilePath()).Version <= profileVersion {
		text, err := json.Marshal(profile{profileVersion, owner, agent})
		if err != nil {
			return err
		}
		f, err := s.store.Create(s.profilePath(), 0o600)
		if err != nil {
			return err
		}
		defer f.Discard()
		if _, err := f.Write(append(text, '\n')); err != nil {
			return err
		}
		if _, err := f.Commit(safefile.Replace); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner, s.agent = owner, agent
	return nil
}

// HasAgent says, also while locked, that the keyring names a recovery agent:
// only unlocking tells whom, and what is encrypted before leaves them out. It is
// a reminder and not a safeguard: who can write to the profile folder can take
// it away, but put nobody in the agent's place.
func (s *Session) HasAgent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.agent
}

// ReadAgent is HasAgent as the profile on disk has it now, which another program
// may have changed.
func (s *Session) ReadAgent() bool {
	agent := readProfile(s.profilePath()).Agent
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agent = agent
	return agent
}

// NoteAgent makes HasAgent answer that from now on.
func (s *Session) NoteAgent(set bool) error {
	if s.HasAgent() == set {
		return nil
	}
	return s.writeProfile(s.Owner(), set)
}

// restoreProfile takes the name of the oldest key pair when the profile is lost,
// and what the keyring says of an agent.
func (s *Session) restoreProfile(ring *keyring.Keyring) {
	if keys := ring.Keys(); s.Owner() == "" && len(keys) > 0 {
		// Only a greeting is lost if this fails.
		_ = s.writeOwner(keys[0].Public().Name)
	}
	_, set := ring.Agent()
	_ = s.NoteAgent(set) // unlocked, nobody needs it; the next unlock tries again
}
