//go:build e2e && linux

package proof

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cryptodesk/cmd/cryptodesk/internal/desk"
	"cryptodesk/engine/secret/scan"
)

// jobSize is the size of the file that is worked on while memory is searched: no sooner done than seen.
const jobSize = 1 << 29

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}

func built(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "build", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("%v: run this with `make proof`", err)
	}
	return path
}

// runs is how often the story is played: PROOF_RUNS, else once.
func runs(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("PROOF_RUNS"))
	if os.Getenv("PROOF_RUNS") != "" && (err != nil || n < 1) {
		t.Fatalf("PROOF_RUNS=%s", os.Getenv("PROOF_RUNS"))
	}
	return max(n, 1)
}

// TestMemoryProof plays the story with the program that ships, and with a build that wipes nothing.
func TestMemoryProof(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may read the memory of a program that is closed to others")
	}
	program, careless := built(t, "cryptodesk"), built(t, "cryptodesk-nowipe")
	if name := os.Getenv("PROOF_PROGRAM"); name != "" {
		program = built(t, name)
	}
	knows := person{pass: distinctive(), pieces: [2]string{distinctive(), distinctive()}}
	d, err := desk.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Teach(knows.pass + knows.pieces[0] + knows.pieces[1]); err != nil {
		t.Fatal(err)
	}
	d.Extra = strings.Fields(os.Getenv("PROOF_ENV"))

	var good, bad []*outcome
	for i := range runs(t) {
		t.Run(fmt.Sprintf("wiping %d", i+1), func(t *testing.T) {
			o := live(t, d, program, knows, i%5 == 0, true)
			good = append(good, o)
			judge(t, o)
		})
		t.Run(fmt.Sprintf("not wiping %d", i+1), func(t *testing.T) {
			o := live(t, d, careless, knows, false, false)
			bad = append(bad, o)
			control(t, o)
		})
	}
	table(t, good, bad)
}

// judge holds one run to the promise.
func judge(t *testing.T, o *outcome) {
	t.Helper()
	t.Log(o.steps)
	for at, r := range o.reports {
		if r == nil {
			t.Logf("%s: there was no such moment", names[at])
			continue
		}
		seen := func(kinds ...scan.Kind) (n int) {
			for _, kind := range kinds {
				n += r.Kept[kind]
			}
			return n
		}
		switch moment(at) {
		case locked, cored, searched:
			if r.Found()+r.Guarded > 0 {
				t.Errorf("%s: %v, kept: %v", names[at], r, r.Kept)
			}
		case idle:
			if r.Found()+seen(scan.Passphrase, scan.PrivateKey, asValue, asTried, theirValue)+seen(lasting...) > 0 {
				t.Errorf("%s: %v, kept: %v", names[at], r, r.Kept)
			}
		case busy:
			t.Logf("%s: %s", names[at], firstLine(r))
			if o.early {
				t.Logf("the job was over before it could be stopped")
			} else if r.Kept[scan.FileKey]+r.Count[scan.FileKey] == 0 {
				t.Errorf("%s: the key in use was not found: the search is blind", names[at])
			}
		case guessing:
			t.Logf("%s: %s, kept: %v", names[at], firstLine(r), r.Kept)
			plainGuesses(t, r)
			if r.Kept[asPiece] == 0 || r.Kept[asGuess] == 0 || r.Kept[asTried]+r.Count[asTried] == 0 {
				t.Errorf("%s: guesses are tried and not found: the search is blind", names[at])
			}
		case rehearsing, gathered, paused:
			inHand := map[moment]scan.Kind{rehearsing: asValue, gathered: theirValue, paused: asPiece}[moment(at)]
			if r.Found() > 0 || r.Kept[inHand] == 0 {
				t.Errorf("%s: %v, kept: %v", names[at], r, r.Kept)
			}
		}
	}
	if o.planted.Distinct != o.needles {
		t.Errorf("planted %d needles, found %d", o.needles, o.planted.Distinct)
	}
}

// plainGuesses wants no guess outside of guarded memory but as the pads of HMAC, which scrypt needs while it works.
func plainGuesses(t *testing.T, r *scan.Report) {
	t.Helper()
	for _, hit := range r.Hits {
		if (hit.Kind == asPiece || hit.Kind == asGuess) && hit.Form != "hmac pad" {
			t.Errorf("%s: %s as %s in %s", names[guessing], hit.Kind, hit.Form, hit.Mapping)
		}
	}
}

func firstLine(r *scan.Report) string {
	first, _, _ := strings.Cut(r.String(), "\n")
	return first
}

// controls are the kinds that have one of their own, by when something of them is found in a build that wipes nothing. What is
// in memory for a moment only is overwritten later, there too.
var controls = map[moment][]scan.Kind{
	rehearsing: {asValue}, gathered: {theirPaper, theirValue}, searched: {asPiece, asGuess, asTried},
	idle: lasting, locked: lasting, cored: lasting,
}

// control wants everything found in a build that wipes nothing.
func control(t *testing.T, o *outcome) {
	t.Helper()
	for at, kinds := range controls {
		r := o.reports[at]
		if r.Found() == 0 {
			t.Errorf("%s: nothing found in a build that wipes nothing: the search is blind", names[at])
		}
		// Words and pages are hardly ever out of guarded memory, which this build leaves as it was.
		for _, kind := range kinds {
			if r.Count[kind]+r.Kept[kind] == 0 {
				t.Errorf("%s: nothing of kind %s found in a build that wipes nothing: %s, kept: %v",
					names[at], kind, firstLine(r), r.Kept)
			}
		}
	}
}

// table is the result to be quoted.
func table(t *testing.T, good, bad []*outcome) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d runs of the program that ships, %d of a build that wipes nothing\n\n", len(good), len(bad))
	fmt.Fprintf(&b, "%-16s %10s %12s %18s %16s %14s\n", "moment", "MiB a run", "clean runs", "hits, all runs", "in guarded", "not wiping")
	for at := range moments {
		var mib, runs, clean, hits, guarded, blind int
		for _, o := range good {
			r := o.reports[at]
			if r == nil {
				continue
			}
			runs++
			mib += int(r.Bytes >> 20)
			hits += r.Found()
			guarded += r.Guarded
			if r.Found() == 0 {
				clean++
			}
		}
		for _, o := range bad {
			if r := o.reports[at]; r != nil {
				blind += r.Found()
			}
		}
		share := fmt.Sprintf("%d of %d", clean, runs)
		fmt.Fprintf(&b, "%-16s %10d %12s %18d %16d %14d\n", names[at], mib/max(1, runs), share, hits, guarded, blind)
	}
	planted, needles := 0, 0
	for _, o := range good {
		planted += o.planted.Distinct
		needles += o.needles
	}
	how := ""
	if len(good) > 0 {
		how = good[0].core
	}
	fmt.Fprintf(&b, "\nplanted in the stopped program and found: %d of %d needles; cores taken by: %s\n", planted, needles, how)
	t.Log(b.String())
}
