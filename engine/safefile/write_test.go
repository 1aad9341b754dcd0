package safefile

import (
	"os"
	"path/filepath"
	"testing"

	"cryptodesk/engine/fault"
)

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	for _, c := range []struct {
		data   string
		policy Policy
		fault  fault.Kind
		holds  string
	}{
		{"card", Refuse, "", "card"},
		{"other", Refuse, fault.Exists, "card"},
		{"other", Replace, "", "other"},
	} {
		if _, err := WriteFile(path, []byte(c.data), 0o644, c.policy); fault.Of(err) != c.fault {
			t.Errorf("%s, policy %d: %v", c.data, c.policy, err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.holds {
			t.Errorf("the file has %q, want %q", got, c.holds)
		}
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
