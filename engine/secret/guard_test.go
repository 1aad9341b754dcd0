package secret

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// crash is set in a child of this test program, which panics on purpose.
const crash = "CRYPTODESK_TEST_CRASH"

// planted is what must not be printed, in any form.
const planted = "the-passphrase-of-this-test"

// inner has the secret in its arguments, as the runtime would print them, and
// in the value of the panic.
//
//go:noinline
func inner(key [32]byte, how string) {
	switch how {
	case "error":
		panic(fmt.Errorf("cannot use %s", key[:]))
	case "text":
		panic(planted)
	case "bytes":
		panic(key)
	case "bounds":
		_ = key[len(how)*int(key[0])]
	case "nil":
		var p *int
		*p = int(key[0])
	}
}

// TestCrashChild is the child.
func TestCrashChild(t *testing.T) {
	how, child := os.LookupEnv(crash)
	if !child {
		t.Skip("runs as a child of TestACrashTellsNoSecret")
	}
	held := Take([]byte(planted))
	var key [32]byte
	copy(key[:], held.Bytes())
	defer func() { fmt.Println("this goroutine went on") }()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer Guard()
		inner(key, how)
	}()
	<-ended
}

func TestACrashTellsNoSecret(t *testing.T) {
	forms := []string{planted, planted[:8], hex(planted[:4]), hex(planted[8:12])}
	for _, how := range []string{"error", "text", "bytes", "bounds", "nil"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
		cmd.Env = append(os.Environ(), crash+"="+how, "GOTRACEBACK=system")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != crashed {
			t.Errorf("%s: ended with %v: %s", how, err, out)
			continue
		}
		for _, form := range forms {
			if bytes.Contains(out, []byte(form)) {
				t.Errorf("%s: it prints %q: %s", how, form, out)
			}
		}
		said := string(out)
		if !strings.Contains(said, "internal error") || !strings.Contains(said, "secret.inner") || strings.Contains(said, "went on") {
			t.Errorf("%s: it says %s", how, said)
		}
	}
}

// hex is a word of a stack trace that holds these four bytes, little endian.
func hex(s string) string { return fmt.Sprintf("%x%x%x%x", s[3], s[2], s[1], s[0]) }

func TestGuardWipesBeforeItTells(t *testing.T) {
	held := Take([]byte(planted))
	order := []string{}
	exit, tell := leave, told
	t.Cleanup(func() { leave, told = exit, tell })
	told = writer(func(p []byte) { order = append(order, fmt.Sprintf("told, %d bytes held", held.Len())) })
	leave = func(code int) { order = append(order, fmt.Sprintf("left with %d", code)) }
	func() {
		defer Guard()
		panic("mistake")
	}()
	if want := []string{"told, 0 bytes held", "left with 2"}; fmt.Sprint(order) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", order, want)
	}
	order = nil
	func() { defer Guard() }()
	if order != nil {
		t.Errorf("without a panic: %v", order)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }
