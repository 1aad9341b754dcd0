package secret

import (
	"runtime"
	"runtime/debug"
)

// Do calls f so that what it leaves on the stack, in registers and on the heap is erased: at once, and for the heap when the
// garbage collector finds it dead, which Do sees to a moment after the last of a burst (see Settle). Where Go's runtime/secret is not built in it calls f plainly.
//
// f must not call C (the process would crash) and Do does not cover goroutines that f starts. A panic in f comes out of Do;
// so does, as a panic that can be recovered, a read of guarded memory that is already gone.
func Do(f func()) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	beginDo()
	defer endDo()
	do(f)
}

// Settle runs the garbage collector twice, so that everything Do left dead on the heap is wiped. It takes milliseconds.
// Where it cannot wait for Do's own: after an unlock, on lock.
func Settle() {
	runtime.GC()
	runtime.GC()
}

// Wipe overwrites b with zeros.
func Wipe(b []byte) {
	if wiping {
		clear(b)
	}
	runtime.KeepAlive(b)
}

// WipeAll ends every live Buffer, Text and Key at once, for exits, signals and panics: their bytes are overwritten and their
// methods behave as after Destroy. It may be called at any time, from any goroutine, more than once. The memory
// stays mapped, so a worker that is still running reads noise instead of bringing the process down.
func WipeAll() { memory.wipe() }
