package keyring

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
)

// The number of kills of a longer run, in the environment.
const killsVariable = "CRYPTODESK_KILLS"

// TestSavesForEver is the process to be killed: it adds contacts and says so.
func TestSavesForEver(t *testing.T) {
	home := os.Getenv("CRYPTODESK_KILL_HOME")
	if home == "" {
		return // only as a child of the next test
	}
	path := filepath.Join(home, "keyring.age")
	store := safefile.New(filepath.Join(home, "journal"))
	k, err := again(t, store, path)
	if err != nil {
		t.Fatal(err)
	}
	c := contact("x")
	for i := len(k.Contacts()); ; i++ {
		c.Name = fmt.Sprintf("c%04d", i)
		c.Recipient = must(identity.NewClassic("x")).Public().Recipient
		if err := k.AddContact(c); err != nil {
			t.Fatal(err)
		}
		fmt.Println(c.Name)
	}
}

// A kill at any instant leaves a keyring with all that was said to be saved,
// and an old one that opens too.
func TestKilledWhileSaving(t *testing.T) {
	kills := 8
	if n, err := strconv.Atoi(os.Getenv(killsVariable)); err == nil {
		kills = n
	}
	store, path := storeIn(t)
	home := filepath.Dir(path)
	quick(t, store, path, must(identity.New("Ana"))).Close()
	saved := 0
	for range kills {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSavesForEver$")
		cmd.Env = append(os.Environ(), "CRYPTODESK_KILL_HOME="+home)
		out := must(cmd.StdoutPipe())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Counted from the first save, so that the kill meets one.
		var said []string
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if len(said) == 0 {
				time.AfterFunc(rand.N(60*time.Millisecond), func() { cmd.Process.Kill() })
			}
			said = append(said, strings.TrimSpace(lines.Text()))
		}
		cmd.Wait()
		if len(said) == 0 || !strings.HasPrefix(said[0], "c") {
			t.Fatalf("the child says %q", said)
		}
		k, err := again(t, store, path)
		if err != nil {
			t.Fatalf("after %d saves: %v", saved, err)
		}
		keys, people := names(k)
		if len(keys) != 1 || !slices.Contains(people, said[len(said)-1]) {
			t.Fatalf("%d saved contacts, %q is not among them", len(people), said[len(said)-1])
		}
		if len(people)-saved < len(said) || len(people)-saved > len(said)+1 {
			t.Fatalf("%d contacts after %d and %d more", len(people), saved, len(said))
		}
		saved = len(people)
		if _, err := again(t, store, Previous(path)); err != nil {
			t.Fatalf("the old one: %v", err)
		}
		k.Close()
	}
	if _, err := store.Sweep(); err != nil {
		t.Fatal(err)
	}
	for _, e := range must(os.ReadDir(home)) {
		if !slices.Contains([]string{"keyring.age", "keyring.age.old", "keyring.lock", "journal"}, e.Name()) {
			t.Errorf("%s is left behind", e.Name())
		}
	}
	t.Logf("%d kills, %d saves", kills, saved)
}
