// Package safefile makes files and folders appear whole or not at all, never
// over something that is already there unless told to, and reads sources in a
// way that notices when they change underneath.
//
// It owns temporary files, publishing, durability, the sweep of what a killed
// run left behind, free names ("report (2).pdf.age") and the display of odd
// ones. It may import fault and golang.org/x/sys; it knows nothing of
// encryption and never looks at content.
//
// The order is always: write, flush the content, publish, flush the folder. So
// a kill or a power cut at any instant leaves under the final name nothing, the
// old file, or the complete new one. On Linux an unpublished file has no name
// at all (O_TMPFILE) and dies with its process. Elsewhere, on file systems
// without that, for folders, and for the instant of a replacement it is called
// ".cryptodesk-<run>-<random>.part" in the target folder, and a journal in the
// profile says where to look; Sweep removes those of runs that are dead.
//
// Publishing without replacing is one system call (linkat, renameat2, on macOS
// renameatx_np, on Windows MoveFileEx) except on file systems that have
// neither that nor hard links (some network disks in user space): there the
// name is looked up and then taken under a lock other CryptoDesk runs respect,
// and a foreign program that makes the same name in those microseconds would
// lose. Nothing better exists there.
//
// A target that is a symbolic link counts as taken; Replace replaces the link,
// not what it points to.
package safefile
