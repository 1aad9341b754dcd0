package keyring

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// stock builds the age program this module pins and answers its folder.
var stock = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "stock-age-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "filippo.io/age/cmd/age", "filippo.io/age/cmd/age-keygen").CombinedOutput()
	if err != nil {
		os.Stderr.Write(out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := stock(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// run runs a stock program with input and answers its output.
func run(t *testing.T, input []byte, program string, args ...string) []byte {
	t.Helper()
	dir, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, program), args...)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, stderr.Bytes())
	}
	return out
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
