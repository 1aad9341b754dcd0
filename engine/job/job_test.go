package job

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

func rowsOf(n int, total int64) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{Path: fmt.Sprintf("/d/%d", i), Name: fmt.Sprint(i), Items: 1, Total: total}
	}
	return rows
}

func wait(t *testing.T, j *Job) {
	t.Helper()
	<-j.Done()
	checkOver(t, j)
}

// checkOver is what must hold of every finished job.
func checkOver(t *testing.T, j *Job) {
	t.Helper()
	failed := 0
	for i := range j.Len() {
		r := j.Row(i)
		if !r.State.Final() {
			t.Errorf("row %d is %v in a finished job", i, r.State)
		}
		if (r.State == Failed) != (r.Err != nil) {
			t.Errorf("row %d is %v with error %v", i, r.State, r.Err)
		}
		if r.State == Failed {
			failed++
		}
		if r.Left != 0 || r.Rate != 0 {
			t.Errorf("row %d is final and has rate %v, left %v", i, r.Rate, r.Left)
		}
	}
	p := j.Progress()
	if p.Finished != p.Rows || p.Rows != j.Len() || p.Failed != failed || p.Done != p.Total || p.Left != 0 {
		t.Errorf("progress of a finished job with %d failed rows: %+v", failed, p)
	}
}

func TestEveryOutcome(t *testing.T) {
	note := fault.New(fault.UnsafeLink, "link", nil)
	rows := rowsOf(4, 100)
	rows = append(rows, Row{State: Failed, Total: 7, Err: fault.New(fault.NotRegular, "/dev/x", nil)})
	rows[1].Total = -1
	j := Start(t.Context(), rows, func(ctx context.Context, tr *Tracker) error {
		for i := range 4 {
			tr.Begin(i)
		}
		tr.Add(0, 40)
		tr.Finish(0, "/d/0.age", note)
		tr.Add(1, 30)
		tr.Finish(1, "/d/1.age")
		tr.Add(2, 10)
		tr.Fail(2, &fault.Error{Kind: fault.NoSpace})
		tr.Finish(2, "too late")
		tr.Add(2, 1000)
		tr.Skip(3)
		return nil
	})
	wait(t, j)
	if j.Err() != nil {
		t.Error(j.Err())
	}
	want := []struct {
		state       State
		done, total int64
		out         string
	}{{Done, 100, 100, "/d/0.age"}, {Done, 30, 30, "/d/1.age"}, {Failed, 10, 100, ""}, {Skipped, 0, 100, ""}, {Failed, 0, 0, ""}}
	for i, w := range want {
		if r := j.Row(i); r.State != w.state || r.Done != w.done || r.Total != w.total || r.Out != w.out {
			t.Errorf("row %d: %+v, want %+v", i, r, w)
		}
	}
	if notes := j.Row(0).Notes; len(notes) != 1 || notes[0] != note {
		t.Errorf("notes %v", notes)
	}
	if p := j.Progress(); p.Done != 140 || p.Failed != 2 {
		t.Errorf("%+v", p)
	}
}

// clock is a time that only tests move.
type clock struct{ ns atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.ns.Load()) }
func (c *clock) advance(d time.Duration) { c.ns.Add(int64(d)) }

// TestTimeLeft drives one large row at 10 MB/s and looks ten times a second.
func TestTimeLeft(t *testing.T) {
	const total, perTick = 1_000_000_000, 1_000_000
	var c clock
	step, stepped := make(chan int64), make(chan struct{})
	j := start(t.Context(), rowsOf(1, total), func(ctx context.Context, tr *Tracker) error {
		tr.Begin(0)
		stepped <- struct{}{}
		for n := range step {
			tr.Add(0, n)
			stepped <- struct{}{}
		}
		tr.Finish(0, "")
		return nil
	}, c.now)
	<-stepped
	tick := func(n int64) (Row, Progress) {
		c.advance(100 * time.Millisecond)
		step <- n
		<-stepped
		return j.Row(0), j.Progress()
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if got < 0.98*want || got > 1.02*want {
			t.Errorf("%s is %v, want about %v", what, got, want)
		}
	}
	for i := range 300 {
		r, p := tick(perTick)
		known := i+1 >= 20 // one second has passed, and 2 % are done
		if (r.Left >= 0) != known {
			t.Fatalf("after %v and %d bytes the time left is %v", p.Elapsed, r.Done, r.Left)
		}
		near("rate", r.Rate, 10*perTick)
		near("job rate", p.Rate, 10*perTick)
		if known {
			seconds := float64(total-r.Done) / (10 * perTick)
			near("left", r.Left.Seconds(), seconds)
			if p.Left >= 0 {
				near("job left", p.Left.Seconds(), seconds)
			}
		}
	}
	if p := j.Progress(); p.Left < 0 || p.Elapsed != 30*time.Second {
		t.Errorf("%+v", p)
	}
	// Five times as fast: within the window the average is there.
	var r Row
	var p Progress
	for range samples + 1 {
		r, p = tick(5 * perTick)
	}
	near("faster rate", r.Rate, 50*perTick)
	near("faster job rate", p.Rate, 50*perTick)
	// A stall: no rate, and nobody pretends to know.
	for range samples + 1 {
		r, p = tick(0)
	}
	if r.Rate != 0 || r.Left >= 0 || p.Rate != 0 || p.Left >= 0 {
		t.Errorf("stalled: %+v %+v", r, p)
	}
	close(step)
	wait(t, j)
}

// TestTimeLeftWaitsASecond: however much is done by then.
func TestTimeLeftWaitsASecond(t *testing.T) {
	early := sample{at: knownAfter - 1, work: 50}
	if d := left(early, 100, 50); d >= 0 {
		t.Errorf("known as %v before a second has passed", d)
	}
	if d := left(sample{at: knownAfter, work: 50}, 100, 50); d != time.Second {
		t.Errorf("left %v", d)
	}
	if d := left(sample{at: time.Hour, work: 1 << 50}, 1<<55, 1e-9); d <= 0 {
		t.Errorf("an age is %v", d)
	}
}

// TestTimeLeftSeldomSeen: whoever looks once a minute gets the average since.
func TestTimeLeftSeldomSeen(t *testing.T) {
	var m meter
	if rate, _ := m.rates(sample{at: time.Minute, bytes: 60}); rate != 1 {
		t.Errorf("first look: %v", rate)
	}
	if rate, _ := m.rates(sample{at: 2 * time.Minute, bytes: 60 + 600}); rate != 10 {
		t.Errorf("second look: %v", rate)
	}
	if rate, _ := m.rates(sample{at: 2 * time.Minute, bytes: 60 + 600}); rate != 0 {
		t.Errorf("at the same instant: %v", rate)
	}
}

func TestTimeLeftNeedsEveryTotal(t *testing.T) {
	var c clock
	const half = 50 << 20
	rows := rowsOf(2, 2*half)
	rows[1].Total = -1
	looked := make(chan struct{})
	j := start(t.Context(), rows, func(ctx context.Context, tr *Tracker) error {
		tr.Begin(0)
		tr.Add(0, half)
		c.advance(2 * time.Second)
		looked <- struct{}{}
		<-looked
		tr.SetTotal(1, 2*half)
		looked <- struct{}{}
		<-looked
		tr.Finish(0, "")
		tr.Finish(1, "")
		return nil
	}, c.now)
	<-looked
	if p := j.Progress(); p.Left >= 0 || p.Total != 2*half {
		t.Errorf("%+v", p)
	}
	looked <- struct{}{}
	<-looked
	if p := j.Progress(); p.Left < 0 || p.Total != 4*half {
		t.Errorf("%+v", p)
	}
	looked <- struct{}{}
	wait(t, j)
}

func TestManySmallFilesHaveATimeLeft(t *testing.T) {
	var c clock
	looked := make(chan struct{})
	j := start(t.Context(), rowsOf(10_000, 0), func(ctx context.Context, tr *Tracker) error {
		for i := range 10_000 {
			if i == 5_000 {
				c.advance(5 * time.Second)
				looked <- struct{}{}
				<-looked
			}
			tr.Begin(i)
			tr.Finish(i, "")
		}
		return nil
	}, c.now)
	<-looked
	if p := j.Progress(); p.Left.Round(time.Millisecond) != 5*time.Second {
		t.Errorf("%+v", p)
	}
	looked <- struct{}{}
	wait(t, j)
}

func TestCancel(t *testing.T) {
	running := make(chan struct{})
	j := Start(t.Context(), rowsOf(100, 10), func(ctx context.Context, tr *Tracker) error {
		tr.Finish(0, "kept")
		row := tr.Begin(1)
		close(running)
		<-row.Done()
		if tr.Begin(2).Err() == nil {
			t.Error("a row could begin after the cancel")
		}
		tr.Fail(1, row.Err())
		return ctx.Err()
	})
	<-running
	before := j.Version()
	j.Cancel()
	if j.Row(2).State != Cancelled || j.Version() == before {
		t.Error("a waiting row was not cancelled at once")
	}
	wait(t, j)
	if j.Row(0).State != Done || j.Row(1).State != Cancelled || j.Err().Kind != fault.Cancelled {
		t.Errorf("%+v %+v %v", j.Row(0), j.Row(1), j.Err())
	}
	j.Cancel()
	j.CancelRow(0)
	checkOver(t, j)
}

func TestCancelAfterTheLastRow(t *testing.T) {
	j := Start(t.Context(), rowsOf(1, 1), func(ctx context.Context, tr *Tracker) error {
		tr.Finish(0, "kept")
		tr.job.Cancel()
		return nil
	})
	wait(t, j)
	if j.Err() != nil {
		t.Errorf("nothing was left undone, but %v", j.Err())
	}
}

func TestCancelFromOutside(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	j := Start(ctx, rowsOf(3, 10), func(ctx context.Context, tr *Tracker) error {
		tr.Begin(0)
		cancel()
		for tr.job.Row(2).State != Cancelled { // at once, not when the work notices
			runtime.Gosched()
		}
		return nil
	})
	wait(t, j)
	for i := range 3 {
		if j.Row(i).State != Cancelled {
			t.Errorf("%+v", j.Row(i))
		}
	}
	if j.Err().Kind != fault.Cancelled {
		t.Error(j.Err())
	}
}

func TestCancelRow(t *testing.T) {
	running := make(chan struct{})
	j := Start(t.Context(), rowsOf(3, 10), func(ctx context.Context, tr *Tracker) error {
		row := tr.Begin(0)
		if tr.Begin(0) != row {
			t.Error("a second Begin of a running row is another context")
		}
		close(running)
		<-row.Done()
		tr.Fail(0, fmt.Errorf("read: %w", row.Err()))
		for i := 1; i < 3; i++ {
			if tr.Begin(i).Err() == nil {
				tr.Finish(i, "out")
			}
		}
		return ctx.Err()
	})
	<-running
	j.CancelRow(2)
	if j.Row(2).State != Cancelled {
		t.Error("a waiting row was not cancelled at once")
	}
	j.CancelRow(0)
	wait(t, j)
	if j.Row(0).State != Cancelled || j.Row(1).State != Done || j.Err() != nil {
		t.Errorf("%v %v %v", j.Row(0).State, j.Row(1).State, j.Err())
	}
}

func TestPanics(t *testing.T) {
	secret := [4]byte{0xde, 0xad, 0xbe, 0xef}
	breaks := map[string]func(key [4]byte){
		"string": func([4]byte) { panic("oops") },
		"error":  func([4]byte) { panic(errors.New("oops")) },
		"bounds": func(key [4]byte) { i := 9; _ = key[:][i] },
		"value":  func(key [4]byte) { panic(key) },
		"exit":   func([4]byte) { runtime.Goexit() },
	}
	for name, broken := range breaks {
		for _, inWorker := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/worker=%v", name, inWorker), func(t *testing.T) {
				j := Start(t.Context(), rowsOf(3, 10), func(ctx context.Context, tr *Tracker) error {
					tr.Finish(0, "kept")
					tr.Begin(1)
					if inWorker {
						tr.Go(func() { broken(secret) })
						<-ctx.Done()
						return ctx.Err()
					}
					broken(secret)
					return nil
				})
				wait(t, j)
				if j.Err().Kind != fault.Internal || j.Row(1).Err != j.Err() || j.Row(2).State != Cancelled || j.Row(0).State != Done {
					t.Errorf("%v %+v %+v", j.Err(), j.Row(1), j.Row(2))
				}
				text := j.Err().Error()
				if !strings.Contains(text, "TestPanics") {
					t.Errorf("does not say where: %s", text)
				}
				for _, leak := range []string{"222", "0xde", "dead"} {
					if strings.Contains(text, leak) {
						t.Errorf("a value is in %s", text)
					}
				}
			})
		}
	}
}

func TestRunFails(t *testing.T) {
	j := Start(t.Context(), rowsOf(3, 10), func(ctx context.Context, tr *Tracker) error {
		tr.Finish(0, "kept")
		tr.Begin(1)
		return &fault.Error{Kind: fault.Locked, Err: syscall.EIO}
	})
	wait(t, j)
	if j.Err().Kind != fault.Locked || j.Row(1).Err.Kind != fault.Locked || j.Row(2).Err.Kind != fault.Locked {
		t.Errorf("%v %+v", j.Err(), j.Row(2))
	}
}

func TestForgottenRow(t *testing.T) {
	j := Start(t.Context(), rowsOf(2, 10), func(ctx context.Context, tr *Tracker) error {
		tr.Finish(0, "")
		tr.Fail(1, nil)
		return nil
	})
	wait(t, j)
	j2 := Start(t.Context(), rowsOf(1, 10), func(context.Context, *Tracker) error { return nil })
	wait(t, j2)
	for _, r := range []Row{j.Row(1), j2.Row(0)} {
		if r.State != Failed || r.Err.Kind != fault.Internal {
			t.Errorf("%+v", r)
		}
	}
}

func TestNoRows(t *testing.T) {
	j := Start(t.Context(), nil, func(context.Context, *Tracker) error { return nil })
	wait(t, j)
}

// TestAnyOrder lets workers, cancels and readers loose on one job, many times.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(60) {
		chance := rand.New(rand.NewPCG(seed, 1))
		rows := rowsOf(1+chance.IntN(60), int64(chance.IntN(1000)))
		for i := range rows {
			if chance.IntN(4) == 0 {
				rows[i].Total = -1
			}
		}
		stop := make(chan struct{})
		var readers sync.WaitGroup
		var next atomic.Int64
		j := Start(t.Context(), rows, func(ctx context.Context, tr *Tracker) error {
			for w := range uint64(3) {
				tr.Go(func() { chaos(tr, rand.New(rand.NewPCG(seed, w)), &next, len(rows)) })
			}
			return nil
		})
		for w := range uint64(2) {
			readers.Go(func() {
				mine := rand.New(rand.NewPCG(seed, 100+w))
				for {
					select {
					case <-stop:
						return
					default:
					}
					p := j.Progress()
					if p.Done > p.Total || p.Finished > p.Rows {
						t.Errorf("%+v", p)
					}
					j.Row(mine.IntN(len(rows)))
					if mine.IntN(50) == 0 {
						j.CancelRow(mine.IntN(len(rows)))
					}
					if seed%5 == 0 && mine.IntN(500) == 0 {
						j.Cancel()
					}
					runtime.Gosched()
				}
			})
		}
		wait(t, j)
		close(stop)
		readers.Wait()
	}
}

func chaos(tr *Tracker, chance *rand.Rand, next *atomic.Int64, rows int) {
	for {
		i := int(next.Add(1)) - 1
		if i >= rows {
			return
		}
		ctx := tr.Begin(i)
		tr.SetTotal(i, int64(chance.IntN(2000))-1)
		for range chance.IntN(20) {
			tr.Add(i, int64(chance.IntN(200)))
			runtime.Gosched()
		}
		switch chance.IntN(6) {
		case 0:
			tr.Fail(i, errors.New("odd"))
		case 1:
			tr.Skip(i)
		case 2:
			tr.Fail(i, ctx.Err())
		case 3: // forgotten
		default:
			tr.Finish(i, "out")
		}
	}
}

func TestAddMakesNoGarbage(t *testing.T) {
	j := Start(t.Context(), rowsOf(1, 1<<40), func(ctx context.Context, tr *Tracker) error {
		tr.Begin(0)
		if n := testing.AllocsPerRun(1000, func() { tr.Add(0, 1) }); n != 0 {
			t.Errorf("Add allocates %v times", n)
		}
		tr.Finish(0, "")
		return nil
	})
	wait(t, j)
}

// BenchmarkTenThousandRows is the whole life of 10,000 rows of one block each.
func BenchmarkTenThousandRows(b *testing.B) {
	rows := rowsOf(10_000, 4096)
	b.ReportAllocs()
	for b.Loop() {
		j := Start(context.Background(), rows, func(ctx context.Context, tr *Tracker) error {
			for i := range rows {
				tr.Begin(i)
				tr.Add(i, 4096)
				tr.Finish(i, "out")
			}
			return nil
		})
		<-j.Done()
	}
}

func BenchmarkAdd(b *testing.B) {
	j := Start(context.Background(), rowsOf(1, 1<<40), func(ctx context.Context, tr *Tracker) error {
		tr.Begin(0)
		for b.Loop() {
			tr.Add(0, 65536)
		}
		tr.Finish(0, "")
		return nil
	})
	<-j.Done()
}

// TestTheCauseIsThatOfWhoCancelled: the end of the context that a job was started with is
// not taken for a Cancel.
func TestTheCauseIsThatOfWhoCancelled(t *testing.T) {
	why := errors.New("why")
	for range 2000 {
		ctx, cancel := context.WithCancelCause(t.Context())
		var got error
		j := Start(ctx, rowsOf(1, 1), func(ctx context.Context, _ *Tracker) error {
			<-ctx.Done()
			got = context.Cause(ctx)
			return got
		})
		cancel(why)
		<-j.Done()
		if got != why {
			t.Fatalf("cancelled for %v", got)
		}
	}
}
