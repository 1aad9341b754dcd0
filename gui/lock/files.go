package lock

import (
	"os"
	"path/filepath"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// keyFileLimit bounds a key file, in bytes: a few hundred key pairs.
const keyFileLimit = 1 << 18

// readKeyFile reads a private key straight into guarded memory.
func readKeyFile(path string) (*secret.Buffer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fault.New(fault.NotRegular, path, nil)
	}
	return secret.ReadAll(file, keyFileLimit)
}

func base(path string) string { return filepath.Base(path) }
