package search

import (
	"bytes"
	"os"
	"strconv"
)

// spare is how much memory this process may still have, by the system and by
// the limit of its control group, which is how Kubernetes and Slurm say it.
func spare() int64 {
	free := int64(1 << 30)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range bytes.Lines(text) {
			if rest, ok := bytes.CutPrefix(line, []byte("MemAvailable:")); ok {
				if kib, ok := number(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte(" kB"))); ok {
					free = kib << 10
				}
			}
		}
	}
	for _, group := range [][2]string{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		limit, ok := numberIn(group[0])
		used, also := numberIn(group[1])
		if ok && also {
			free = min(free, max(0, limit-used))
		}
	}
	return free
}

func numberIn(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	return number(text)
}

func number(text []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return n, err == nil
}
