package session

import (
	"testing"

	"cryptodesk/engine/fault"
)

// Who found the passphrase by trying gets in under a new one, with what was remembered, and nobody hears of it before.
func TestRegain(t *testing.T) {
	clock := &fakeClock{}
	s := openOn(t, t.TempDir(), Options{Clock: clock})
	if err := s.Create(ctx, "Ana", guard("old"), nil); err != nil {
		t.Fatal(err)
	}
	s.Put("files", []byte("kept"))
	s.Lock()
	s.disk.settled()
	heard := 0
	defer s.OnChange(func(State) { heard++ })()
	if err := s.Regain(ctx, guard("odl"), guard("new")); fault.Of(err) != fault.WrongPassphrase {
		t.Error(err)
	}
	if err := s.Regain(ctx, guard("old"), guard("")); fault.Of(err) != fault.NeedPassphrase {
		t.Error(err)
	}
	if s.State() != Locked || heard != 0 {
		t.Fatalf("%v, heard %d times", s.State(), heard)
	}
	if err := s.Regain(ctx, guard("old"), guard("new")); err != nil {
		t.Fatal(err)
	}
	if s.State() != Unlocked || string(s.Get("files")) != "kept" || s.StateProblem() != nil || heard != 1 {
		t.Errorf("%v, %q, %v, heard %d times", s.State(), s.Get("files"), s.StateProblem(), heard)
	}
	// Unlocked meanwhile: it is an ordinary change.
	if err := s.Regain(ctx, guard("new"), guard("newer")); err != nil {
		t.Error(err)
	}
	s.Lock()
	s.disk.settled()
	if err := s.Unlock(ctx, guard("new")); fault.Of(err) != fault.WrongPassphrase {
		t.Error(err)
	}
	if err := s.Unlock(ctx, guard("newer")); err != nil || string(s.Get("files")) != "kept" {
		t.Errorf("%v, %q", err, s.Get("files"))
	}
}
