package batch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
)

func gathered(items []Item) (paths []string) {
	for _, it := range items {
		paths = append(paths, it.Path)
	}
	return paths
}

func TestGather(t *testing.T) {
	d := newDesk(t)
	plain := d.file("deep/er/plain.txt", []byte("plain"))
	sealed := d.outs(d.encrypt(EncryptOptions{}, plain))[0]
	other := d.outs(d.encrypt(EncryptOptions{Armor: true, Out: d.path("no name")}, plain))[0]
	d.file("not.age", []byte("by its name only"))
	d.file("home/keyring.age", []byte("age-encryption.org/v1\n"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Symlink(sealed, d.path("link.age")))
	must(os.Symlink(d.path("deep"), d.path("linked")))
	seen := 0
	p, err := Gather(t.Context(), []string{d.dir, sealed, d.path("link.age")}, d.path("home"), func(n int) { seen = n })
	must(err)
	if got := gathered(p.Open); !slices.Equal(got, []string{sealed, other}) || len(p.Refused) != 0 || seen < 4 {
		t.Errorf("%q, %v, %d files seen", got, p.Refused, seen)
	}
	// A folder by a link is that folder, and the profile's own counts when it is not left out.
	p, err = Gather(t.Context(), []string{d.path("linked"), d.path("home"), "/", d.path("none")}, "", nil)
	must(err)
	why := map[string]fault.Kind{}
	for _, it := range p.Refused {
		why[it.Path] = it.Problem.Kind
	}
	if len(p.Open) != 1 || why[d.path("home/keyring.age")] != fault.Truncated || why["/"] != fault.Protected || why[d.path("none")] != fault.NotFound || p.Found() != 2 {
		t.Errorf("%q, %v", gathered(p.Open), why)
	}
	pipe := filepath.Join(d.dir, "deep")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Gather(ctx, []string{pipe}, "", nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
}

// fewNotes says that everything is noted.
type fewNotes struct{ added, flushed int }

func (n *fewNotes) Has([]byte) bool { return n.added > 0 }
func (n *fewNotes) Add([]byte)      { n.added++ }
func (n *fewNotes) Flush() error    { n.flushed++; return fault.New(fault.NoSpace, "", nil) }

func TestAddAgentNotes(t *testing.T) {
	d := newDesk(t)
	safe, err := identity.New("Safe")
	if err != nil {
		t.Fatal(err)
	}
	defer safe.Destroy()
	notes := &fewNotes{}
	agent := Agent{Main: safe.Public().Recipient, Classic: safe.Public().Classic, Notes: notes}
	sealed := d.outs(d.encrypt(EncryptOptions{}, d.file("a", []byte("a")), d.file("b", []byte("b"))))
	add := func(agent Agent) (*job.Job, error) {
		p, err := Gather(t.Context(), sealed, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := identity.Open(d.me)
		if err != nil {
			t.Fatal(err)
		}
		j, err := AddAgent(t.Context(), d.store, p, agent, OpenOptions{Keys: keys, Workers: 1})
		if err == nil {
			<-j.Done()
		} else if !keys.Closed() {
			t.Error("the keys outlive a job that never was")
		}
		return j, err
	}
	j, err := add(agent)
	if err != nil || j.Row(0).State != job.Done || notes.flushed != 1 {
		t.Errorf("%v, %v, flushed %d", err, j.Row(0).State, notes.flushed)
	}
	if j, err = add(agent); err != nil || j.Row(0).State != job.Skipped || j.Row(1).State != job.Skipped {
		t.Errorf("again: %v, %v", err, j.Row(0).State)
	}
	for _, half := range []Agent{{Main: agent.Main}, {Main: agent.Classic, Classic: agent.Classic}, {Main: agent.Main, Classic: agent.Main}} {
		if _, err := add(half); fault.Of(err) != fault.AgentIncomplete {
			t.Errorf("%v", err)
		}
	}
}
