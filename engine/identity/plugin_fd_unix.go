//go:build unix

package identity

import "syscall"

// maxDescriptor is the highest one that may have come from whoever started
// this program: our own are closed on exec anyway.
const maxDescriptor = 1024

// keepDescriptors keeps what this program was started with from the plugin,
// before all the descriptor that passphrases are read from.
func keepDescriptors() {
	for fd := 3; fd <= maxDescriptor; fd++ {
		syscall.CloseOnExec(fd) // one that is not open is none
	}
}
