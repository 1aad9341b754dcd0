package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/recovery/escrow"
)

// TestDepositIsReleased is the depositary's side from the command line, and what
// it refuses.
func TestDepositIsReleased(t *testing.T) {
	ana, bo, lost := newNamedShell(t, "Ana"), newNamedShell(t, "Bo"), newNamedShell(t, "Ana")
	ana.ok("contacts", "add", bo.file("bo", bo.ok("keys", "export", "--card")))
	bo.ok("contacts", "add", ana.file("ana", ana.ok("keys", "export", "--card")))
	deposit, request, out := ana.path("Ana.deposit.age"), lost.path("Ana.request.txt"), bo.path("Ana.release.age")

	ana.not(fault.Usage, "recovery", "deposit", "Bo")
	ana.not(fault.NoContact, "recovery", "deposit", "Nobody", "-o", deposit)
	if got := ana.not(fault.NotVerified, "recovery", "deposit", "Bo", "-o", deposit); !strings.Contains(got.err, "Compare the safety words") {
		t.Errorf("said %q", got.err)
	}
	if got := ana.try(nil, nil, "", "recovery", "deposit", "Bo", "-o", deposit, "--unverified", "--note", "The red bicycle?"); got.kind != "" ||
		!strings.Contains(got.err, "for somebody you trust") {
		t.Errorf("%s: %s", got.kind, got.err)
	}
	ana.not(fault.Exists, "recovery", "deposit", "Bo", "-o", deposit, "--unverified")

	asked := lost.try(nil, nil, "", "recovery", "request", "-o", request)
	lines := strings.Split(strings.TrimSpace(asked.out), "\n")
	code := lines[len(lines)-1]
	if len(strings.Fields(code)) != 4 || !strings.Contains(asked.err, "read out") {
		t.Fatalf("said %q, %q", asked.out, asked.err)
	}
	if got := lost.ok("recovery", "releases"); !strings.HasSuffix(got, "You asked for your deposit  "+code+"\n") {
		t.Errorf("the log says %q", got)
	}

	bo.not(fault.RequestDamaged, "recovery", "release", deposit, deposit, "-o", out)
	lost.not(fault.NoKey, "recovery", "release", deposit, request, "-o", out)
	bo.not(fault.NotFound, "recovery", "release", bo.path("gone"), request, "-o", out)
	bo.not(fault.NeedPassphrase, "recovery", "release", deposit, request, "-o", out)
	said := bo.try([]string{"zoo zoo zoo zoo"}, nil, "", "recovery", "release", deposit, request, "-o", out)
	for _, want := range []string{"Deposited by Ana", "your contact Ana, who is not verified", "The red bicycle?", "Requested by Ana", "not the right four words"} {
		if said.kind != fault.WrongCode || !strings.Contains(said.err, want) {
			t.Errorf("%s: no %q in %s", said.kind, want, said.err)
		}
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Error("released with a wrong code")
	}
	said = bo.try(nil, []string{"zoo zoo", "zoo zoo zoo zoo", strings.ToUpper(code)}, "", "recovery", "release", deposit, request, "-o", out)
	lines = strings.Split(strings.TrimSpace(said.out), "\n")
	answer := lines[len(lines)-1]
	if said.kind != "" || len(strings.Fields(answer)) != 4 {
		t.Fatalf("%s: %s%s", said.kind, said.out, said.err)
	}
	bo.not(fault.RequestUsed, "recovery", "release", deposit, request, "-o", bo.path("again"))
	log := jsonLines[escrow.Entry](t, bo.ok("recovery", "releases", "--json"))
	if len(log) != 2 || log[0].Kind != escrow.Released || !slices.Equal(log[0].Words, strings.Fields(answer)) || log[1].Kind != escrow.Refused || log[1].Wrong != 2 {
		t.Errorf("%+v", log)
	}
	if got := bo.ok("recovery", "releases"); !strings.Contains(got, "released the deposit of Ana  "+answer) || !strings.Contains(got, "Wrong words for the request of Ana, 2 times") {
		t.Errorf("the log says %q", got)
	}
	if got := bo.not(fault.CannotImport, "keys", "import", request); !strings.Contains(got.err, "A request for a deposit") {
		t.Errorf("a request is %q", got.err)
	}
	bo.not(fault.CannotImport, "contacts", "add", request)

	// Back with Ana, who types the answer wrong once.
	letter := ana.file("letter", "hello")
	ana.ok("encrypt", letter)
	if got := lost.try(nil, []string{"zoo zoo zoo zoo", answer}, "", "recovery", "restore", out); got.kind != "" || !strings.Contains(got.err, "Bo") {
		t.Fatalf("%s %q: %s%s", got.kind, got.subject, got.out, got.err)
	}
	lost.ok("decrypt", "-o", lost.path("letter"), letter+".age")
	if got, err := os.ReadFile(lost.path("letter")); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	if log := jsonLines[escrow.Entry](t, lost.ok("recovery", "releases", "--json")); len(log) != 2 || log[0].Kind != escrow.Restored || log[0].Name != "Bo" {
		t.Errorf("%+v", log)
	}
	lost.not(fault.ReleaseUsed, "recovery", "restore", out)
	bo.not(fault.DepositHeld, "recovery", "restore", deposit)
}
