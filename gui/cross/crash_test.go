package cross

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// crash is set in a child of this test program, whose work panics.
const crash = "CRYPTODESK_TEST_CRASH"

const planted = "the-passphrase-of-this-test"

func TestCrashChild(t *testing.T) {
	if os.Getenv(crash) == "" {
		t.Skip("runs as a child of TestAPanicInWorkTellsNoSecret")
	}
	Go(func() { panic(planted) }, func() {})
	select {}
}

func TestAPanicInWorkTellsNoSecret(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crash+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("ended with %v: %s", err, out)
	}
	if said := string(out); strings.Contains(said, planted) || !strings.Contains(said, "All secrets were wiped") {
		t.Errorf("it says %s", said)
	}
}

func TestNothingComesAfterTheEnd(t *testing.T) {
	t.Cleanup(func() { over.Store(false) })
	End()
	Do(func() { t.Error("it ran") })
}
