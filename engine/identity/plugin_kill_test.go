//go:build linux

package identity

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cryptodesk/engine/fault"
)

// hanging has a plugin hang, with a child that holds its pipes, and waits
// until it does.
func hanging(t *testing.T, start func() error) (done chan error, pids []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pids")
	t.Setenv("PROBE_PIDS", file)
	done = make(chan error, 1)
	go func() { done <- start() }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if text, err := os.ReadFile(file); err == nil {
			return done, strings.Fields(string(text))
		}
		if time.Now().After(deadline) {
			t.Fatal("the plugin did not start")
		}
	}
}

// gone says whether a process is no more, or only waits to be reaped.
func gone(pid string) bool {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(text), ") Z ")
}

func wantGone(t *testing.T, pids []string) {
	t.Helper()
	settled(t)
	for _, pid := range pids {
		for deadline := time.Now().Add(10 * time.Second); !gone(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("process %s is still there", pid)
			}
		}
	}
}

// TestPluginHangs: a plugin that hangs, deaf to interrupts and with a child
// that keeps the pipes open, ends with the job's context, with the lock, and
// when it floods, and is killed with all its own.
func TestPluginHangs(t *testing.T) {
	probe(t)
	recipient, id := probeKey("hang")
	stanzas := wrapped(t, recipient, nil)
	t.Run("cancelled", func(t *testing.T) {
		o := probeOpened(t, id)
		ctx, cancel := context.WithCancel(t.Context())
		done, pids := hanging(t, func() error { _, err := Under(ctx, o.Identities())[0].Unwrap(stanzas); return err })
		cancel()
		if err := <-done; fault.Of(err) != fault.Cancelled {
			t.Errorf("%v", err)
		}
		wantGone(t, pids)
	})
	t.Run("locked", func(t *testing.T) {
		o := probeOpened(t, id)
		done, pids := hanging(t, func() error { _, err := o.Identities()[0].Unwrap(stanzas); return err })
		o.Close() // returns although the plugin hangs
		if err := <-done; fault.Of(err) != fault.Locked {
			t.Errorf("%v", err)
		}
		wantGone(t, pids)
		if _, err := o.Identities()[0].Unwrap(stanzas); fault.Of(err) != fault.Locked {
			t.Errorf("after the lock: %v", err)
		}
	})
	t.Run("encrypting", func(t *testing.T) {
		text, _ := probeKey("wrap-hang")
		to := must(must(ParseRecipient(text)).Age(nil))
		ctx, cancel := context.WithCancel(t.Context())
		done, pids := hanging(t, func() error { _, err := Under(ctx, []any{to})[0].(*pluginRecipient).Wrap(make([]byte, 16)); return err })
		cancel()
		if err := <-done; fault.Of(err) != fault.Cancelled {
			t.Errorf("%v", err)
		}
		wantGone(t, pids)
	})
	t.Run("asking", func(t *testing.T) {
		recipient, id := probeKey("pin")
		stanzas := wrapped(t, recipient, nil)
		o := probeOpened(t, id)
		d := &desk{awaiting: make(chan struct{})}
		o.SetPrompter(d)
		done := make(chan error, 1)
		go func() { _, err := o.Identities()[0].Unwrap(stanzas); done <- err }()
		<-d.awaiting
		o.Close()
		if err := <-done; fault.Of(err) != fault.Locked {
			t.Errorf("%v", err)
		}
		settled(t)
		if d.done != 1 {
			t.Errorf("Done %d times", d.done)
		}
	})
}

// TestPluginGetsNoDescriptor: what this program was started with, such as the
// descriptor with the passphrases, is not the plugin's.
func TestPluginGetsNoDescriptor(t *testing.T) {
	probe(t)
	recipient, id := probeKey("descriptors")
	o := probeOpened(t, id)
	stanzas := wrapped(t, recipient, nil)
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil { // stays open on exec, like one from a shell
		t.Fatal(err)
	}
	defer syscall.Close(pipe[0])
	defer syscall.Close(pipe[1])
	name := must(os.Readlink(fmt.Sprint("/proc/self/fd/", pipe[0])))
	_, err := o.Identities()[0].Unwrap(stanzas)
	if fault.Of(err) != fault.PluginFailed || !strings.Contains(err.Error(), "pipe:[") || strings.Contains(err.Error(), name) {
		t.Errorf("%s is among %v", name, err)
	}
}

// TestPluginTurns: several workers with one plugin run it one after the
// other, and one that waits for its turn leaves when it is cancelled.
func TestPluginTurns(t *testing.T) {
	probe(t)
	recipient, id := probeKey("plain")
	stanzas := wrapped(t, recipient, nil)
	o := probeOpened(t, id)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := o.Identities()[0].Unwrap(stanzas); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	hang, hangID := probeKey("hang")
	h := probeOpened(t, hangID)
	done, pids := hanging(t, func() error { _, err := h.Identities()[0].Unwrap(wrapped(t, hang, nil)); return err })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Under(ctx, o.Identities())[0].Unwrap(stanzas); fault.Of(err) != fault.Cancelled {
		t.Errorf("waiting for its turn: %v", err)
	}
	h.Close()
	<-done
	wantGone(t, pids)
}
