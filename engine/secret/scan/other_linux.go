package scan

import (
	"context"
	"fmt"
)

// Process searches another process through /proc/PID/mem, for which one needs to be root, or CAP_SYS_PTRACE. Stop it
// first if what it does meanwhile matters. Hits in its guarded pages are counted apart.
func (s *Set) Process(ctx context.Context, pid int) (*Report, error) {
	regions, err := mappingsOf(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		return nil, err
	}
	return s.file(ctx, fmt.Sprintf("/proc/%d/mem", pid), regions)
}
