package identity

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
)

// TestARootBringsEverythingBack: recipient, classic key, signing key, and so the fingerprint.
func TestARootBringsEverythingBack(t *testing.T) {
	k, err := New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	defer k.Destroy()
	var again *KeyPair
	if err := k.LendRoot(func(root []byte) (err error) {
		again, err = FromRoot(root, " Ada's sheet ")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer again.Destroy()
	a, b := k.Public(), again.Public()
	if a.Recipient != b.Recipient || a.Classic != b.Classic || a.Fingerprint != b.Fingerprint || a.ID != b.ID || !slices.Equal(a.Signing, b.Signing) {
		t.Errorf("%+v\n%+v", a, b)
	}
	if b.Name != "Ada's sheet" || !b.Created.IsZero() {
		t.Errorf("%q, %v", b.Name, b.Created)
	}
	text, err := again.MarshalIdentity()
	if err != nil {
		t.Fatal(err)
	}
	defer text.Destroy()
	if main, classic := k.Holds(slices.Clone(lineOf(text.Bytes(), hybridPrefix))); !main || classic {
		t.Error("another private key")
	}
}

func lineOf(text []byte, start string) []byte {
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, start) {
			return []byte(strings.TrimSpace(line))
		}
	}
	return nil
}

func TestRootsThatAreNone(t *testing.T) {
	classic, err := NewClassic("Old")
	if err != nil {
		t.Fatal(err)
	}
	defer classic.Destroy()
	if err := classic.LendRoot(func([]byte) error { t.Error("lent"); return nil }); fault.Of(err) != fault.BadIdentity {
		t.Error(err)
	}
	k, err := New("Ada")
	if err != nil {
		t.Fatal(err)
	}
	mine := errors.New("mine")
	if err := k.LendRoot(func(root []byte) error { return mine }); err != mine {
		t.Error(err)
	}
	k.Destroy()
	if err := k.LendRoot(func([]byte) error { t.Error("lent"); return nil }); fault.Of(err) != fault.Locked {
		t.Error(err)
	}
	for _, n := range []int{0, 31, 33} {
		if k, err := FromRoot(make([]byte, n), "Ada"); k != nil || fault.Of(err) != fault.BadIdentity {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if k, err := FromRoot(make([]byte, 32), " "); k != nil || fault.Of(err) != fault.NameMissing {
		t.Error(err)
	}
}
