package scan

import (
	"context"
	"crypto/rand"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Supported says whether a process can be searched here.
const Supported = true

// Own searches this process. Reading oneself through process_vm_readv(2) is allowed even where /proc/self/mem has become
// root's (secret.Harden). Hits in guarded pages are where they belong; a control is planted and must be found.
// Errors: Permission, Cancelled.
func (s *Set) Own(ctx context.Context) (*Report, error) {
	planted := make([]byte, 32)
	rand.Read(planted)
	s.AddRaw(Control, "planted", planted)
	defer runtime.KeepAlive(planted)

	regions, err := mappingsOf("/proc/self/maps") // before the window is made, so that it is not in it
	if err != nil {
		return nil, err
	}
	for _, g := range secret.Guarded() {
		regions = split(regions, uint64(g.From), uint64(g.To))
	}
	if own := s.plain.Bytes(); len(own) > 0 {
		at := uint64(uintptr(unsafe.Pointer(&own[0])))
		regions = without(regions, at, at+uint64(len(own)))
	}
	window, err := unix.Mmap(-1, 0, s.windowSize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fault.FromOS("", err)
	}
	defer unix.Munmap(window)
	// The window holds what was read: no core and no child may have it. Locking it is not worth a failure.
	_ = unix.Madvise(window, unix.MADV_DONTDUMP)
	_ = unix.Madvise(window, unix.MADV_DONTFORK)
	_ = unix.Mlock(window)
	from := self{os.Getpid()}
	if from.readAt(window[:1], uint64(uintptr(unsafe.Pointer(&planted[0])))) != 1 {
		return nil, fault.New(fault.Permission, "", unix.EPERM)
	}
	r := &Report{}
	err = s.walk(ctx, from, regions, window, r)
	return r, err
}

// split marks [from, to) as guarded.
func split(all []region, from, to uint64) []region {
	rest := without(all, from, to)
	for _, m := range all {
		if lo, hi := max(from, m.from), min(to, m.to); lo < hi {
			rest = append(rest, region{lo, hi, m.name, true})
		}
	}
	return rest
}

type self struct{ pid int }

func (p self) readAt(b []byte, at uint64) int {
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	// The kernel stops at the first page it cannot read, and says how far it came.
	n, err := unix.ProcessVMReadv(p.pid, local, []unix.RemoteIovec{{Base: uintptr(at), Len: len(b)}}, 0)
	if err != nil {
		return 0
	}
	return n
}
