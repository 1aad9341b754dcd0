package shell

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFreeName(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"copy.age", "copy (2).age", "copy (3).age"} {
		path := Free(dir, "copy.age", ".age")
		if filepath.Base(path) != want {
			t.Errorf("%s, want %s", filepath.Base(path), want)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
