//go:build !unix

package identity

// keepDescriptors has nothing to do where a process inherits only what it is
// given.
func keepDescriptors() {}
