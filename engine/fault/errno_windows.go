package fault

import "syscall"

// byNumber maps the system error codes of Windows (winerror.h) that file calls return.
var byNumber = map[syscall.Errno]Kind{
	2:    NotFound,    // ERROR_FILE_NOT_FOUND
	3:    NotFound,    // ERROR_PATH_NOT_FOUND
	4:    Busy,        // ERROR_TOO_MANY_OPEN_FILES
	5:    Permission,  // ERROR_ACCESS_DENIED
	8:    Busy,        // ERROR_NOT_ENOUGH_MEMORY
	15:   NotFound,    // ERROR_INVALID_DRIVE
	19:   ReadOnly,    // ERROR_WRITE_PROTECT
	21:   DiskError,   // ERROR_NOT_READY
	23:   DiskError,   // ERROR_CRC
	32:   Busy,        // ERROR_SHARING_VIOLATION
	33:   Busy,        // ERROR_LOCK_VIOLATION
	39:   NoSpace,     // ERROR_HANDLE_DISK_FULL
	80:   Exists,      // ERROR_FILE_EXISTS
	111:  NameTooLong, // ERROR_BUFFER_OVERFLOW
	112:  NoSpace,     // ERROR_DISK_FULL
	123:  BadName,     // ERROR_INVALID_NAME
	145:  Exists,      // ERROR_DIR_NOT_EMPTY
	161:  BadName,     // ERROR_BAD_PATHNAME
	183:  Exists,      // ERROR_ALREADY_EXISTS
	206:  NameTooLong, // ERROR_FILENAME_EXCED_RANGE
	223:  TooLarge,    // ERROR_FILE_TOO_LARGE
	1117: DiskError,   // ERROR_IO_DEVICE
	1142: TooMany,     // ERROR_TOO_MANY_LINKS
	1295: NoSpace,     // ERROR_DISK_QUOTA_EXCEEDED
	1921: LinkLoop,    // ERROR_CANT_RESOLVE_FILENAME
}
