package recovery

import (
	"path/filepath"
	"time"

	"cryptodesk/gui/form"
)

// backupName and sheetName are what they are called on disk: after the key
// pair, and the program when a backup holds everything.
func backupName(key string, now time.Time) string {
	return titled(key) + " backup " + now.Format(time.DateOnly) + ".age"
}

func sheetName(key string, now time.Time) string {
	return titled(key) + " recovery sheet " + now.Format(time.DateOnly) + ".pdf"
}

func titled(key string) string {
	if name := form.FileName(key); name != "" {
		return name
	}
	return "CryptoDesk"
}

func base(path string) string { return filepath.Base(path) }
