package engine

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age/plugin"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/secret"
)

// probe builds the plugin of the tests of identity and puts it on PATH.
func probe(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "age-plugin-probe"), "cryptodesk/engine/identity/testdata/plugin")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func probeKey(mode string) (recipient, id string) {
	data := []byte(mode + "\x00" + "secret of " + mode)
	return plugin.EncodeRecipient("probe", data), plugin.EncodeIdentity("probe", data)
}

// clerk answers every question the same way.
type clerk struct {
	mu      sync.Mutex
	answer  string
	gives   bool // up
	prompts []string
}

func (c *clerk) Message(string, string, func()) {}
func (c *clerk) Waiting(string, func())         {}
func (c *clerk) Done(string)                    {}

func (c *clerk) Ask(_ context.Context, plugin, prompt string, _ bool) (*secret.Buffer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.prompts = append(c.prompts, plugin+": "+prompt)
	if c.gives {
		return nil, fault.New(fault.Cancelled, "", nil)
	}
	return secret.Take([]byte(c.answer)), nil
}

func (c *clerk) Confirm(context.Context, string, string, string, string) (bool, error) {
	return true, nil
}

// withDevice is Ada's profile with a plugin's key pair beside her own.
func withDevice(t *testing.T, mode string, said bool) *Engine {
	t.Helper()
	recipient, id := probeKey(mode)
	text := "# name: Device\n" + id + "\n"
	if said {
		text = "#    Recipient: " + recipient + "\n" + text
	}
	e := unlocked(t)
	taken(t, e, []byte(text))
	return e
}

// letters encrypts n files for to and answers the results.
func letters(t *testing.T, e *Engine, n int, to ...identity.Recipient) []string {
	t.Helper()
	dir := t.TempDir()
	var paths, sealed []string
	for i := range n {
		path := filepath.Join(dir, "letter"+string(rune('a'+i)))
		os.WriteFile(path, bytes.Repeat([]byte("Dear Ada. "), 1+i*200_000), 0o600)
		paths = append(paths, path)
	}
	plan, err := e.Plan(context.Background(), paths)
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Encrypt(plan, batch.EncryptOptions{To: to})
	finished(t, j, err, job.Done)
	for i := range n {
		sealed = append(sealed, j.Row(i).Out)
		os.Remove(paths[i])
	}
	return sealed
}

// TestPluginFromPlanToFile: planning runs no plugin and says that it does not
// know; the job asks for the PIN, for small files and large ones, and once the
// person gave up it asks no more.
func TestPluginFromPlanToFile(t *testing.T) {
	probe(t)
	e := withDevice(t, "pin", true)
	people, err := e.Find([]string{"device"})
	if err != nil || !people[0].Me || !people[0].Hardware() || people[0].Recipient.Kind != identity.Plugin {
		t.Fatalf("%+v %v", people, err)
	}
	sealed := letters(t, e, 3, people[0].Recipient)
	at := &clerk{answer: "123456"}
	e.SetPrompter(at)
	plan, err := e.Plan(t.Context(), sealed)
	if err != nil || len(at.prompts) != 0 {
		t.Fatalf("%v %q", err, at.prompts)
	}
	for _, it := range plan.Open {
		if it.Access != batch.AccessUnknown {
			t.Errorf("%s: access %v", it.Name, it.Access)
		}
	}
	j, err := e.Decrypt(plan, batch.OpenOptions{})
	finished(t, j, err, job.Done)
	for i := range sealed {
		if row := j.Row(i); row.State != job.Done {
			t.Errorf("%s: %v", row.Name, row.Err)
		}
	}
	if len(at.prompts) != 3 || at.prompts[0] != "probe: PIN of the probe" {
		t.Errorf("%q", at.prompts)
	}
	at.gives, at.prompts = true, nil
	j, err = e.Decrypt(plan, batch.OpenOptions{})
	if finished(t, j, err, job.Cancelled); len(at.prompts) != 1 {
		t.Errorf("given up, it asked %q", at.prompts)
	}
	at.gives, at.answer = false, "1"
	j, err = e.Decrypt(plan, batch.OpenOptions{})
	if row := finished(t, j, err, job.Failed); row.Err.Kind != fault.PluginFailed || row.Err.Subject != "probe" {
		t.Errorf("%v", row.Err)
	}
	t.Setenv("PATH", "/nowhere")
	j, err = e.Decrypt(plan, batch.OpenOptions{})
	if row := finished(t, j, err, job.Failed); row.Err.Kind != fault.PluginMissing || row.Err.Subject != "probe" {
		t.Errorf("%v", row.Err)
	}
}

// TestPluginThatOnlyOpens: without a recipient in its file a key pair is
// offered for encrypting nowhere, and opens all the same.
func TestPluginThatOnlyOpens(t *testing.T) {
	probe(t)
	e := withDevice(t, "plain", false)
	if k, err := e.Key("device"); err != nil || !k.Recipient.IsZero() || k.ID == "" {
		t.Fatalf("%+v %v", k, err)
	}
	for _, p := range e.People() {
		if p.Name == "Device" {
			t.Errorf("offered: %+v", p)
		}
	}
	if _, err := e.Find([]string{"device"}); fault.Of(err) != fault.NoContact {
		t.Errorf("%v", err)
	}
	text, _ := probeKey("plain")
	to, _ := identity.ParseRecipient(text)
	sealed := letters(t, e, 1, to)
	plan, err := e.Plan(t.Context(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Decrypt(plan, batch.OpenOptions{})
	finished(t, j, err, job.Done)
}

// TestPluginMixing: the plan takes a plugin's key for classic, and the job
// believes what the plugin says.
func TestPluginMixing(t *testing.T) {
	probe(t)
	e := unlocked(t)
	me := e.People()[0]
	for mode, want := range map[string][2]fault.Kind{"plain": {fault.MixedKeys, ""}, "postquantum": {"", fault.MixedKeys}} {
		text, _ := probeKey(mode)
		to, err := identity.ParseRecipient(text)
		if err != nil {
			t.Fatal(err)
		}
		device := Person{Name: "Device", ID: "d", Recipient: to}
		if _, err := Audience([]Person{me, device}, false); fault.Of(err) != fault.MixedKeys {
			t.Errorf("%s: planned %v", mode, err)
		}
		all, err := Audience([]Person{me, device}, true)
		if err != nil || !slices.Equal(all, []identity.Recipient{me.Classic, to}) {
			t.Errorf("%s: everyone classic: %v", mode, err)
		}
		for i, mine := range []identity.Recipient{me.Recipient, me.Classic} {
			path := filepath.Join(t.TempDir(), "x")
			os.WriteFile(path, []byte("x"), 0o600)
			plan, err := e.Plan(t.Context(), []string{path})
			if err != nil {
				t.Fatal(err)
			}
			j, err := e.Encrypt(plan, batch.EncryptOptions{To: []identity.Recipient{mine, to}})
			if err != nil {
				t.Fatal(err)
			}
			<-j.Done()
			if got := j.Row(0).Err; fault.Of(asError(got)) != want[i] {
				t.Errorf("%s with %s: %v", mode, mine.Kind, got)
			}
		}
	}
}

func asError(f *fault.Error) error {
	if f == nil {
		return nil
	}
	return f
}

// TestPluginThatHangs: a cancelled row ends although its plugin does not, and
// so does the lock, which waits for no plugin.
func TestPluginThatHangs(t *testing.T) {
	probe(t)
	e := withDevice(t, "hang", true)
	text, _ := probeKey("hang")
	to, _ := identity.ParseRecipient(text)
	sealed := letters(t, e, 2, to)
	for name, leave := range map[string]func(j *job.Job){
		"cancel": func(j *job.Job) { j.Cancel() },
		"lock":   func(*job.Job) { e.Lock() },
	} {
		t.Run(name, func(t *testing.T) {
			if !e.Unlocked() {
				if err := e.Unlock(t.Context(), pass()); err != nil {
					t.Fatal(err)
				}
			}
			pids := filepath.Join(t.TempDir(), "pids")
			t.Setenv("PROBE_PIDS", pids)
			plan, err := e.Plan(t.Context(), sealed)
			if err != nil {
				t.Fatal(err)
			}
			j, err := e.Decrypt(plan, batch.OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for {
				if _, err := os.Stat(pids); err == nil {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			leave(j)
			<-j.Done()
			for i := range sealed {
				row := j.Row(i)
				locked := row.State == job.Failed && row.Err.Kind == fault.Locked
				if row.State != job.Cancelled && !(name == "lock" && locked) {
					t.Errorf("%v %v", row.State, row.Err)
				}
			}
			identity.AwaitPlugins()
		})
	}
}

// TestPluginWithAWrongKey: what a plugin answers is believed only when the
// header's MAC agrees.
func TestPluginWithAWrongKey(t *testing.T) {
	probe(t)
	e := withDevice(t, "wrong", true)
	text, _ := probeKey("wrong")
	to, _ := identity.ParseRecipient(text)
	plan, err := e.Plan(t.Context(), letters(t, e, 1, to))
	if err != nil {
		t.Fatal(err)
	}
	j, err := e.Decrypt(plan, batch.OpenOptions{})
	if row := finished(t, j, err, job.Failed); row.Err.Kind != fault.HeaderDamaged || row.Out != "" {
		t.Errorf("%v %q", row.Err, row.Out)
	}
}

// TestPluginAloneCostsNoOriginal: what only a plugin made openable is no reason
// to remove anything.
func TestPluginAloneCostsNoOriginal(t *testing.T) {
	probe(t)
	e := unlocked(t)
	text, _ := probeKey("plain")
	to, _ := identity.ParseRecipient(text)
	for stays, with := range map[bool][]identity.Recipient{true: {to}, false: {to, e.People()[0].Classic}} {
		path := filepath.Join(t.TempDir(), "letter")
		os.WriteFile(path, []byte("Dear Ada"), 0o600)
		plan, err := e.Plan(t.Context(), []string{path})
		if err != nil {
			t.Fatal(err)
		}
		j, err := e.Encrypt(plan, batch.EncryptOptions{To: with, RemoveOriginals: true})
		row := finished(t, j, err, job.Done)
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%d recipients: the original: %v", len(with), err)
		}
		if noted := len(row.Notes) == 1 && row.Notes[0].Kind == fault.Unproven; noted != stays {
			t.Errorf("%d recipients: notes %v", len(with), row.Notes)
		}
	}
}
