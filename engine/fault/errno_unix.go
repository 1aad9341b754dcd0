//go:build unix

package fault

import "syscall"

// byNumber follows the meanings of errno(3) and of the calls this program makes: open, read, write, fsync, link, rename,
// mkdir. A number that would only be a mistake of ours is left out and becomes Internal.
var byNumber = map[syscall.Errno]Kind{
	syscall.ENOENT:       NotFound,
	syscall.ENOTDIR:      NotFound,
	syscall.ELOOP:        LinkLoop,
	syscall.EISDIR:       NotRegular,
	syscall.ENXIO:        NotRegular, // opening a socket, or a pipe nobody reads
	syscall.EACCES:       Permission,
	syscall.EPERM:        Permission,
	syscall.EROFS:        ReadOnly,
	syscall.ENOSPC:       NoSpace,
	syscall.EDQUOT:       NoSpace,
	syscall.EEXIST:       Exists,
	syscall.ENOTEMPTY:    Exists,
	syscall.ENAMETOOLONG: NameTooLong,
	syscall.EILSEQ:       BadName,
	syscall.ESTALE:       SourceGone, // a network disk lost the file
	syscall.EFBIG:        TooLarge,   // past the largest file of the file system, as on FAT
	syscall.EMLINK:       TooMany,
	syscall.EIO:          DiskError,
	syscall.ENODEV:       DiskError, // the disk was unplugged
	syscall.EBUSY:        Busy,
	syscall.ETXTBSY:      Busy,
	syscall.EAGAIN:       Busy,
	syscall.EMFILE:       Busy,
	syscall.ENFILE:       Busy,
	syscall.ENOMEM:       Busy,
}
