package secret

import "golang.org/x/sys/windows"

// lockLimit stays well under the smallest default working set (50 pages), which bounds VirtualLock.
func lockLimit() int { return 64 << 10 }

// canLock tries it and lets go again. memguard has no way to ask.
func canLock(n int) bool {
	if n <= 0 {
		return false
	}
	at, err := windows.VirtualAlloc(0, uintptr(n), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return false
	}
	defer windows.VirtualFree(at, 0, windows.MEM_RELEASE) // also unlocks
	return windows.VirtualLock(at, uintptr(n)) == nil
}
