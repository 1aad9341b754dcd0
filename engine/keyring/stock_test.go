package keyring

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"cryptodesk/engine/keyring/witness"
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
	code := witness.Run(m, unlocker.String())
	if dir, err := stock(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
