package secret

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func surroundings() []Warning {
	s := system{files: os.DirFS("/").(files), device: deviceOf, guarded: undumpable()}
	return s.warnings()
}

// undumpable says that PR_SET_DUMPABLE is in force: the kernel then writes no core of this process anywhere, whatever
// core_pattern says. RLIMIT_CORE alone would not stop a core_pattern that is a pipe (core(5)).
func undumpable() bool {
	v, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	return err == nil && v == 0
}

// deviceOf is the "major:minor" of the disk that a device file is, or that a file lies on.
func deviceOf(name string) (string, error) {
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil {
		return "", err
	}
	if st.Mode&unix.S_IFMT == unix.S_IFBLK {
		return number(st.Rdev), nil
	}
	if unix.Major(st.Dev) != 0 {
		return number(st.Dev), nil
	}
	// btrfs gives its files a device of its own making; the mount table knows the real one.
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	source := mountSource(string(table), number(st.Dev))
	if err := unix.Stat(source, &st); err != nil {
		return "", err
	}
	return number(st.Rdev), nil
}

func number(dev uint64) string {
	return strconv.Itoa(int(unix.Major(dev))) + ":" + strconv.Itoa(int(unix.Minor(dev)))
}

// mountSource finds the device behind a number in proc_pid_mountinfo(5).
func mountSource(table, number string) string {
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[2] != number {
			continue
		}
		if _, after, ok := strings.Cut(line, " - "); ok {
			if f := strings.Fields(after); len(f) > 1 {
				return unescape(f[1])
			}
		}
	}
	return ""
}

type files interface {
	fs.ReadFileFS
	fs.ReadDirFS
	fs.StatFS
}

// system is what the warnings are drawn from; a test has its own.
type system struct {
	files   files
	device  func(name string) (string, error)
	guarded bool // no core of this process is ever written
}

func (s system) warnings() (all []Warning) {
	plain, err := s.plainSwap()
	if err != nil {
		all = append(all, Warning{Kind: NotReachable, Where: "/proc/swaps"})
	}
	if plain != "" {
		all = append(all, Warning{Kind: PlainSwap, Where: plain})
		if s.hibernates() {
			all = append(all, Warning{Kind: Hibernation, Where: plain})
		}
	}
	if to := s.coreHandler(); to != "" {
		all = append(all, Warning{Kind: CrashDumps, Where: to, Held: s.guarded})
	}
	if s.text("sys/kernel/kexec_crash_loaded") == "1" {
		all = append(all, Warning{Kind: KernelDump})
	}
	return all
}

// text is a small file of the kernel's, "" when it is not there.
func (s system) text(name string) string {
	b, err := s.files.ReadFile(name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// plainSwap names the first swap space that ends on a disk unencrypted (proc_swaps(5)).
func (s system) plainSwap() (string, error) {
	table, err := s.files.ReadFile("proc/swaps")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // a kernel without swap
	}
	if err != nil {
		return "", err
	}
	for i, line := range strings.Split(string(table), "\n") {
		fields := strings.Fields(line)
		if i == 0 || len(fields) < 2 {
			continue
		}
		name := unescape(fields[0])
		// Swap whose device cannot be found is taken for plain.
		if number, err := s.device(name); err != nil || !s.safe("sys/dev/block/"+number, 0) {
			return name, nil //nolint:nilerr // the warning is the answer
		}
	}
	return "", nil
}

// safe says whether what is written to a block device never reaches a disk in the clear: it is encrypted by the device
// mapper, is memory, or lies on such devices only. Cycles cannot be, and eight layers are not.
func (s system) safe(dir string, depth int) bool {
	if strings.HasPrefix(s.text(dir+"/dm/uuid"), "CRYPT-") {
		return true
	}
	if _, err := s.files.Stat(dir + "/mm_stat"); err == nil { // zram
		backing := s.text(dir + "/backing_dev")
		if backing == "" || backing == "none" {
			return true
		}
		number, err := s.device(backing)
		return err == nil && depth < 8 && s.safe("sys/dev/block/"+number, depth+1)
	}
	if _, err := s.files.Stat(dir + "/partition"); err == nil {
		return false // nothing below a partition is encrypted by the device mapper
	}
	below, err := s.files.ReadDir(dir + "/slaves")
	if err != nil || len(below) == 0 || depth == 8 {
		return false
	}
	for _, d := range below {
		if !s.safe("sys/class/block/"+d.Name(), depth+1) {
			return false
		}
	}
	return true
}

// hibernates says whether the kernel offers to sleep to disk.
func (s system) hibernates() bool {
	return strings.Contains(" "+s.text("sys/power/state")+" ", " disk ") && !strings.Contains(s.text("sys/power/disk"), "[disabled]")
}

// coreHandler is where the cores of crashed programs go (core(5)): a program behind a pipe, or a file where
// programs are allowed to write one; "" when they go nowhere.
func (s system) coreHandler() string {
	pattern := s.text("proc/sys/kernel/core_pattern")
	if program, ok := strings.CutPrefix(pattern, "|"); ok {
		program, _, _ = strings.Cut(strings.TrimSpace(program), " ")
		if program == "/bin/false" || program == "/usr/bin/false" {
			return ""
		}
		return path.Base(program)
	}
	if pattern == "" && s.text("proc/sys/kernel/core_uses_pid") != "1" || s.guarded {
		return ""
	}
	return pattern
}

// unescape undoes the octal escapes of names in /proc.
func unescape(name string) string {
	for _, e := range [][2]string{{`\040`, " "}, {`\011`, "\t"}, {`\012`, "\n"}, {`\134`, `\`}} {
		name = strings.ReplaceAll(name, e[0], e[1])
	}
	return name
}
