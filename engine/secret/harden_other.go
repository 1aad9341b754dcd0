//go:build !linux

package secret

// harden can close nothing here; memguard's init took away core dumps where setrlimit exists, which is not checked.
func harden() (missing []Reason) { return []Reason{Readable, Dumpable} }
