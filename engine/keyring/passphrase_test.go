package keyring

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// freshSeal is what a new passphrase makes, without its scrypt.
func freshSeal() *seal {
	h := must(agefile.NewHeader(unlocker.Recipient()))
	defer h.Destroy()
	return &seal{header: h.Bytes, key: secret.Seal(h.FileKey().Clone())}
}

func headerName(header []byte) string {
	sum := sha256.Sum256(header)
	return hex.EncodeToString(sum[:8])
}

// TestRekeysForEver is the process to be killed: it changes the header that the
// passphrase opens, and says which one holds.
func TestRekeysForEver(t *testing.T) {
	home := os.Getenv("CRYPTODESK_REKEY_HOME")
	if home == "" {
		return // only as a child of the next test
	}
	k, err := again(t, safefile.New(filepath.Join(home, "journal")), filepath.Join(home, "keyring.age"))
	if err != nil {
		t.Fatal(err)
	}
	for {
		fresh := freshSeal()
		fmt.Println("next", headerName(fresh.header))
		if err := k.changeUnder(fresh, nothing); err != nil {
			t.Fatal(err)
		}
		fmt.Println("holds", headerName(fresh.header))
	}
}

// A kill at any instant of a change of the passphrase leaves a keyring that
// opens with the old or the new one, and never an old one, beside a keyring
// that has the new passphrase, which opens with the old.
func TestKilledWhileChangingThePassphrase(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	if err := k.AddContact(contact("Ben")); err != nil {
		t.Fatal(err)
	}
	holds := headerName(k.seal.header)
	k.Close()
	changes := 0
	for kills := 0; kills < 8 || changes == 0 && kills < 100; kills++ { // more where a busy machine kills before the first
		next := ""
		cmd := exec.Command(os.Args[0], "-test.run=^TestRekeysForEver$")
		cmd.Env = append(os.Environ(), "CRYPTODESK_REKEY_HOME="+filepath.Dir(path))
		out := must(cmd.StdoutPipe())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := true
		for lines := bufio.NewScanner(out); lines.Scan(); first = false {
			if first {
				time.AfterFunc(rand.N(60*time.Millisecond), func() { cmd.Process.Kill() })
			}
			switch what, name, _ := strings.Cut(lines.Text(), " "); what {
			case "next":
				next = name
			case "holds":
				holds, changes = name, changes+1
			default:
				t.Fatalf("the child says %q", lines.Text())
			}
		}
		cmd.Wait()
		k, err := again(t, store, path)
		if err != nil {
			t.Fatalf("after %d changes: %v", changes, err)
		}
		now := headerName(k.seal.header)
		if now != holds && now != next {
			t.Fatalf("%s holds, was to be %s or %s", now, holds, next)
		}
		if keys, people := names(k); len(keys) != 1 || len(people) != 1 {
			t.Fatalf("%q, %q", keys, people)
		}
		old, err := again(t, store, Previous(path))
		if err != nil {
			t.Fatal(err)
		}
		if name := headerName(old.seal.header); name != now && (now == next || name != next) {
			t.Errorf("the keyring has %s, next would be %s, and the one before opens with %s", now, next, name)
		}
		holds = now
		k.Close()
		old.Close()
	}
	t.Logf("%d changes", changes)
	if changes == 0 {
		t.Error("nothing was changed")
	}
}

// What cannot be written did not happen: the old passphrase holds, also of the
// one before.
func TestFailedChangeOfThePassphrase(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	before, was := k.seal, read(t, path)
	if err := os.Mkdir(Previous(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := k.ChangePassphrase(ctx, guard("new")); fault.Of(err) != fault.Exists {
		t.Fatalf("%v", err)
	}
	if !bytes.Equal(read(t, path), was) || k.seal != before {
		t.Error("something changed")
	}
	if err := errors.Join(os.Remove(Previous(path)), k.Save()); err != nil {
		t.Fatal(err)
	}
	if err := k.ChangePassphrase(ctx, guard("")); fault.Of(err) != fault.NeedPassphrase {
		t.Errorf("an empty one: %v", err)
	}
	k.Close()
	if err := k.ChangePassphrase(ctx, guard("new")); fault.Of(err) != fault.Locked {
		t.Errorf("closed: %v", err)
	}
}

// Who derives or checks while the passphrase changes gets an answer, not Locked.
func TestDeriveDuringAChange(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			key, err := k.Derive("x")
			if err != nil {
				t.Error(err)
				return
			}
			key.Destroy()
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for range 20 {
		old := k.seal
		if err := k.changeUnder(freshSeal(), nothing); err != nil {
			t.Error(err)
		}
		if err := old.key.Open(func([]byte) error { return nil }); fault.Of(err) != fault.Locked {
			t.Errorf("the old file key is still there: %v", err)
		}
	}
	close(stop)
	all.Wait()
}
