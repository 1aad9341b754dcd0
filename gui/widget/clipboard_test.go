package widget

import (
	"os"
	"path/filepath"
	"testing"
)

// onlyHelper puts a clipboard helper of that name on the PATH, alone.
func onlyHelper(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("WAYLAND_DISPLAY", "")
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestReadClipboard(t *testing.T) {
	for _, c := range []struct {
		name, program, script string
		want                  string
		helper                bool
	}{
		{"text", "xclip", `printf 'age1ana\n'`, "age1ana\n", true},
		{"a picture", "xclip", `case "$*" in *image/png*) printf PNG;; *) echo 'Error: target STRING not available' >&2; exit 1;; esac`, "PNG", true},
		{"nothing", "xclip", `exit 1`, "", true},
		{"too much", "xclip", `printf 0123456789012345678901`, "", true},
		{"a helper for text only", "xsel", `printf text`, "text", true},
		{"a helper for text only, and a picture", "xsel", `exit 1`, "", true},
		{"no helper", "other", `printf text`, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onlyHelper(t, c.program, c.script)
			b, there := ReadClipboard(20)
			defer b.Destroy()
			if string(b.Bytes()) != c.want || there != c.helper {
				t.Errorf("%q, a helper: %v", b.Bytes(), there)
			}
		})
	}
}
