package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
)

// TestPluginAnswersToVerbs: what a plugin says and asks goes to stderr behind
// its name, and is answered with the lines of --passphrase-fd or on the
// terminal.
func TestPluginAnswersToVerbs(t *testing.T) {
	s := newShell(t)
	s.close() // every verb has a prompter of its own
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(s.dir, "bin", "age-plugin-probe"), "cryptodesk/engine/identity/testdata/plugin")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", filepath.Join(s.dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, c := range []struct {
		mode  string
		lines []string // of the descriptor
		typed []string // on the terminal
		kind  fault.Kind
		says  string // on stderr
	}{
		{"plain", nil, nil, "", ""},
		{"pin", []string{"123456"}, nil, "", "age-plugin-probe: PIN of the probe\n"},
		{"pin", []string{"1"}, nil, fault.PluginFailed, "[the plugin says: that PIN is wrong]\n"},
		{"pin", nil, nil, fault.PluginFailed, "[the plugin asks, and there is no terminal to answer on]\n"},
		{"confirm", []string{"1"}, nil, "", "age-plugin-probe: really really?\n"},
		{"confirm", nil, []string{"yes", "1"}, "", "1 = “do it now"},
		{"confirm", nil, []string{"2"}, fault.PluginFailed, "not confirmed"},
		{"confirm", nil, []string{"x", "y", "z"}, fault.Cancelled, ""},
		{"pins", []string{"0", "2"}, []string{"1"}, "", "number 1\n"},
		{"message", nil, nil, "", "age-plugin-probe: put the [31mkey in now"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			data := []byte(c.mode + "\x00secret of " + c.mode)
			key, file := filepath.Join(s.dir, "key"), filepath.Join(s.dir, "f")
			os.WriteFile(key, []byte(plugin.EncodeIdentity("probe", data)+"\n"), 0o600)
			os.WriteFile(file, []byte("text"), 0o600)
			if got := s.try(nil, nil, "", "encrypt", "-r", plugin.EncodeRecipient("probe", data), file); got.kind != "" || !strings.Contains(got.err, "hardware") {
				t.Fatalf("%+v", got)
			}
			os.Remove(file)
			got := s.try(c.lines, c.typed, "", "decrypt", "-i", key, file+".age")
			if got.kind != c.kind || !strings.Contains(got.err, c.says) || strings.Contains(got.err, "\x1b") {
				t.Errorf("%+v", got)
			}
			if _, err := os.Stat(file); (err == nil) != (c.kind == "") {
				t.Errorf("the result: %v", err)
			}
			os.Remove(file)
			os.Remove(file + ".age")
		})
	}
}
