package trace

import (
	"testing"
	"time"
)

func TestPaceReportsTheLongestPauses(t *testing.T) {
	var p pace
	at := time.Unix(0, 0)
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	run := func(sent, ran int) map[string]any {
		return p.ran(at.Add(ms(sent)), at.Add(ms(ran)), ms(ran)/2)
	}
	for _, r := range []struct{ sent, ran int }{{0, 1}, {17, 18}, {34, 90}, {100, 101}} {
		if got := run(r.sent, r.ran); got != nil {
			t.Fatalf("reported after %d ms: %v", r.ran, got)
		}
	}
	got := run(1000, 1002)
	if got["beats"] != 4 || got["wait"] != 56.0 || got["gap"] != 901.0 || got["cpu"] != 450.5 {
		t.Errorf("reported %v", got)
	}
	if got := run(2000, 2003); got["wait"] != 3.0 || got["gap"] != 1001.0 {
		t.Errorf("the second report still has the first: %v", got)
	}
}
