package engine

import (
	"os"
	"path/filepath"
	"runtime"

	"cryptodesk/engine/fault"
)

// DefaultHome is the platform's data folder for the profile: the XDG data home
// (freedesktop.org basedir spec), Application Support, or LocalAppData.
func DefaultHome() (string, error) {
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "CryptoDesk"), nil
		}
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cryptodesk"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.FromOS("~", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "CryptoDesk"), nil
	}
	return filepath.Join(home, ".local", "share", "cryptodesk"), nil
}
