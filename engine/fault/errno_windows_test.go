package fault

import (
	"os"
	"syscall"
	"testing"
)

func TestErrorNumbers(t *testing.T) {
	for number, want := range map[syscall.Errno]Kind{2: NotFound, 5: Permission, 19: ReadOnly, 32: Busy, 112: NoSpace, 183: Exists, 206: NameTooLong, 6: Internal} {
		if e := FromOS("p", &os.PathError{Op: "write", Path: "p", Err: number}); e.Kind != want {
			t.Errorf("%d is %s, want %s", number, e.Kind, want)
		}
	}
}
