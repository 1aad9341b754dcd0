//go:build unix

package fault

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestErrorNumbers(t *testing.T) {
	for number, want := range map[syscall.Errno]Kind{
		syscall.ENOENT: NotFound, syscall.ENOTDIR: NotFound, syscall.ELOOP: LinkLoop, syscall.EISDIR: NotRegular,
		syscall.ENXIO: NotRegular, syscall.EACCES: Permission, syscall.EPERM: Permission, syscall.EROFS: ReadOnly,
		syscall.ENOSPC: NoSpace, syscall.EDQUOT: NoSpace, syscall.EEXIST: Exists, syscall.ENOTEMPTY: Exists,
		syscall.ENAMETOOLONG: NameTooLong, syscall.EILSEQ: BadName, syscall.ESTALE: SourceGone, syscall.EFBIG: TooLarge,
		syscall.EMLINK: TooMany, syscall.EIO: DiskError, syscall.ENODEV: DiskError, syscall.EBUSY: Busy, syscall.ETXTBSY: Busy,
		syscall.EAGAIN: Busy, syscall.EMFILE: Busy, syscall.ENFILE: Busy, syscall.ENOMEM: Busy, syscall.EBADF: Internal,
		syscall.EINVAL: Internal,
	} {
		err := fmt.Errorf("while writing: %w", &os.PathError{Op: "write", Path: "p", Err: number})
		if e := FromOS("p", err); e.Kind != want || e.Err != err {
			t.Errorf("%v is %s, want %s", number, e.Kind, want)
		}
	}
}
