package lock

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// BackupName is what a copy of the keyring is called by default.
func BackupName(now time.Time) string {
	return "CryptoDesk-keys-" + now.Format("2006-01-02") + ".age"
}

// freePath is a path in dir that nothing has yet: name, or name with a number.
// The engine refuses to replace a file in any case.
func freePath(dir, name string) string {
	ext := filepath.Ext(name)
	path := filepath.Join(dir, name)
	for n := 2; n < 1000; n++ {
		if _, err := os.Lstat(path); err != nil {
			break
		}
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
	return path
}

func base(path string) string { return filepath.Base(path) }
