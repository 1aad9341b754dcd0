package scan

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"cryptodesk/engine/fault"
)

var pageSize = os.Getpagesize()

// mappings reads proc_pid_maps(5), or proc_pid_smaps(5), which also tells of locked pages that no core holds: guarded ones.
// [vvar] cannot be read and [vsyscall] is code.
func mappings(table io.Reader) (all []region, err error) {
	lines := bufio.NewScanner(table)
	lines.Buffer(nil, 1<<16)
	readable := false
	for lines.Scan() {
		line := lines.Text()
		var m region
		var perms, offset, device, inode string
		if n, _ := fmt.Sscanf(line, "%x-%x %4s %s %s %s", &m.from, &m.to, &perms, &offset, &device, &inode); n == 6 {
			if fields := strings.Fields(line); len(fields) > 5 {
				m.name = strings.Join(fields[5:], " ")
			}
			readable = perms[0] == 'r' && !strings.HasPrefix(m.name, "[v")
			if readable {
				all = append(all, m)
			}
			continue
		}
		if flags, ok := strings.CutPrefix(line, "VmFlags:"); ok && readable {
			flags += " "
			all[len(all)-1].guarded = strings.Contains(flags, " lo ") && strings.Contains(flags, " dd ")
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fault.FromOS("/proc", err)
	}
	return all, nil
}

func mappingsOf(path string) ([]region, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.FromOS(path, err)
	}
	defer f.Close()
	return mappings(f)
}

// without takes [from, to) out of the regions.
func without(all []region, from, to uint64) (rest []region) {
	for _, m := range all {
		if to <= m.from || m.to <= from {
			rest = append(rest, m)
			continue
		}
		if m.from < from {
			rest = append(rest, region{m.from, from, m.name, m.guarded})
		}
		if to < m.to {
			rest = append(rest, region{to, m.to, m.name, m.guarded})
		}
	}
	return rest
}
