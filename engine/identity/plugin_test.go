package identity

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// probe builds the test plugin and puts it on PATH.
func probe(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "age-plugin-probe"), "./testdata/plugin")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return dir
}

// probeKey is a recipient and an identity of the test plugin.
func probeKey(mode string) (recipient, identity string) {
	data := []byte(mode + "\x00" + "secret of " + mode)
	return plugin.EncodeRecipient("probe", data), plugin.EncodeIdentity("probe", data)
}

func probeOpened(t *testing.T, identity string) *Opened {
	t.Helper()
	k := must(ReadKey([]byte(identity), Meta{}))
	t.Cleanup(k.Destroy)
	o := must(Open(k))
	t.Cleanup(o.Close)
	return o
}

// desk answers for a person and keeps what was said.
type desk struct {
	mu       sync.Mutex
	said     []string
	hidden   []bool
	answer   func(prompt string) (string, error)
	confirm  func(prompt string) (bool, error)
	waiting  func(stop func())
	done     int
	awaiting chan struct{} // Ask blocks until its context ends, and says that it began
}

func (d *desk) note(words ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said = append(d.said, words...)
}

func (d *desk) Message(_, message string, _ func()) { d.note(message) }

func (d *desk) Ask(ctx context.Context, plugin, prompt string, hidden bool) (*secret.Buffer, error) {
	d.note(plugin + ": " + prompt)
	d.hidden = append(d.hidden, hidden)
	if d.awaiting != nil {
		close(d.awaiting)
		<-ctx.Done()
		return nil, fault.New(fault.Cancelled, "", ctx.Err())
	}
	text, err := d.answer(prompt)
	if err != nil {
		return nil, err
	}
	return secret.Take([]byte(text)), nil
}

func (d *desk) Confirm(_ context.Context, _, prompt, yes, no string) (bool, error) {
	d.note(prompt, yes, no)
	return d.confirm(prompt)
}

func (d *desk) Waiting(_ string, stop func()) {
	d.note("waiting")
	if d.waiting != nil {
		d.waiting(stop)
	}
}

func (d *desk) Done(string) { d.mu.Lock(); defer d.mu.Unlock(); d.done++ }

// wrapped is a stanza of the plugin for a known file key.
func wrapped(t *testing.T, recipient string, who Prompter) []*age.Stanza {
	t.Helper()
	stanzas, err := must(must(ParseRecipient(recipient)).Age(who)).Wrap([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return stanzas
}

func says(text string) func(string) (string, error) {
	return func(string) (string, error) { return text, nil }
}

func TestPluginOutcomes(t *testing.T) {
	probe(t)
	cancelled := func(string) (string, error) { return "", fault.New(fault.Cancelled, "", nil) }
	for mode, c := range map[string]struct {
		desk   *desk
		kind   fault.Kind
		detail string
	}{
		"plain":       {&desk{}, "", ""},
		"pin":         {&desk{answer: says("123456")}, "", ""},
		"pin-wrong":   {&desk{answer: says("1")}, fault.PluginFailed, "the plugin says: that PIN is wrong"},
		"pin-empty":   {&desk{answer: says("")}, fault.PluginFailed, "the plugin says: that PIN is wrong"},
		"pin-cancel":  {&desk{answer: cancelled}, fault.Cancelled, ""},
		"pin-nobody":  {nil, fault.PluginFailed, "the plugin says: that PIN is wrong"},
		"pins":        {&desk{answer: func(p string) (string, error) { return p[len(p)-1:], nil }}, "", ""},
		"confirm":     {&desk{confirm: func(string) (bool, error) { return true, nil }}, "", ""},
		"confirm-no":  {&desk{confirm: func(string) (bool, error) { return false, nil }}, fault.PluginFailed, "not confirmed"},
		"message":     {&desk{}, "", ""},
		"fail":        {&desk{}, fault.PluginFailed, "the plugin says: no [31mdevice found xxxx"},
		"die":         {&desk{}, fault.PluginFailed, string(errEnded)},
		"garbage":     {&desk{}, fault.PluginFailed, string(errGarbage)},
		"leak":        {&desk{}, fault.PluginFailed, string(errGarbage)},
		"endless":     {&desk{}, fault.PluginFailed, string(errTooMuch)},
		"short":       {&desk{}, fault.PluginFailed, string(errFileKey)},
		"messages":    {&desk{}, fault.PluginFailed, string(errNagging)},
		"asks":        {&desk{answer: says("1")}, fault.PluginFailed, string(errNagging)},
		"asks-nobody": {nil, fault.PluginFailed, string(errNagging)},
	} {
		t.Run(mode, func(t *testing.T) {
			kind, _, _ := strings.Cut(mode, "-")
			recipient, id := probeKey(kind)
			o := probeOpened(t, id)
			if c.desk != nil {
				o.SetPrompter(c.desk)
			}
			fileKey, err := o.Identities()[0].Unwrap(wrapped(t, recipient, nil))
			if fault.Of(err) != c.kind || err == nil && string(fileKey) != "0123456789abcdef" {
				t.Fatalf("%q, %v", fileKey, err)
			}
			if err == nil {
				return
			}
			f := fault.As(err)
			if c.kind == fault.PluginFailed && f.Subject != "probe" {
				t.Errorf("subject %q", f.Subject)
			}
			text := err.Error()
			if !strings.Contains(text, c.detail) || utf8.RuneCountInString(text) > maxSaid+60 {
				t.Errorf("%d characters: %s", utf8.RuneCountInString(text), text)
			}
			if strings.ContainsAny(text, "\x1b\n\u202e") || strings.Contains(text, base64.RawStdEncoding.EncodeToString([]byte("0123456789abcdef"))[:12]) {
				t.Errorf("%q", text)
			}
		})
	}
}

// TestPluginWords: what a plugin says arrives on one line, clean and bounded,
// and hidden values are asked for as such.
func TestPluginWords(t *testing.T) {
	probe(t)
	d := &desk{
		answer:  func(p string) (string, error) { return p[len(p)-1:], nil },
		confirm: func(string) (bool, error) { return true, nil },
	}
	for _, mode := range []string{"message", "confirm", "pins"} {
		recipient, id := probeKey(mode)
		o := probeOpened(t, id)
		o.SetPrompter(d)
		if _, err := o.Identities()[0].Unwrap(wrapped(t, recipient, nil)); err != nil {
			t.Fatal(mode, err)
		}
	}
	if len(d.said) != 7 || !strings.HasPrefix(d.said[0], "put the [31mkey in now now") || d.said[1] != "really really?" ||
		utf8.RuneCountInString(d.said[0]) != maxSaid || utf8.RuneCountInString(d.said[2]) != maxChoice || d.said[3] != "no" ||
		d.said[4] != "probe: number 0" || len(d.hidden) != 3 || !d.hidden[0] || d.hidden[1] || !d.hidden[2] {
		t.Errorf("%q %v", d.said, d.hidden)
	}
	if d.done != 3 {
		t.Errorf("Done %d times", d.done)
	}
}

func TestPluginRecipients(t *testing.T) {
	probe(t)
	for mode, kind := range map[string]fault.Kind{
		"plain": "", "wrap-ask": "", "wrap-fail": fault.PluginFailed, "scrypt": fault.PluginFailed, "many": fault.PluginFailed,
	} {
		text, _ := probeKey(mode)
		r := must(ParseRecipient(text))
		if r.Kind != Plugin || r.Plugin() != "probe" || !r.Kind.Hardware() || r.PostQuantum() {
			t.Fatalf("%+v", r)
		}
		_, err := must(r.Age(&desk{answer: says("open sesame")})).Wrap(make([]byte, 16))
		if fault.Of(err) != kind {
			t.Errorf("%s: %v", mode, err)
		}
	}
	missing := plugin.EncodeRecipient("no-such-probe", []byte("x"))
	_, err := must(must(ParseRecipient(missing)).Age(nil)).Wrap(make([]byte, 16))
	if f := fault.As(err); f == nil || f.Kind != fault.PluginMissing || f.Subject != "no-such-probe" {
		t.Errorf("missing: %v", err)
	}
	for _, bad := range []string{missing[:len(missing)-1], "age1../x1qqq", "age1probe1", strings.ToUpper(missing),
		plugin.EncodeRecipient(strings.Repeat("x", maxPluginName+1), []byte("x"))} {
		if _, err := ParseRecipient(bad); fault.Of(err) != fault.BadRecipient {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestPluginLabels: a plugin that says post-quantum mixes with hybrid keys
// only, and any other with classic ones only.
func TestPluginLabels(t *testing.T) {
	probe(t)
	me := must(New("me")).Public()
	for mode, with := range map[string][2]Recipient{
		"plain": {me.Classic, me.Recipient}, "postquantum": {me.Recipient, me.Classic},
	} {
		text, _ := probeKey(mode)
		to := must(must(ParseRecipient(text)).Age(nil))
		for i, other := range with {
			w, err := age.Encrypt(io.Discard, must(other.Age(nil)), to)
			if (err == nil) != (i == 0) {
				t.Errorf("%s with %s: %v", mode, other.Kind, err)
			}
			_ = w
		}
	}
}

// TestPluginPath: only absolute folders of PATH count, as for the stock
// program, and AGEDEBUG never makes age's client write secrets to the terminal.
func TestPluginPath(t *testing.T) {
	dir := probe(t)
	t.Setenv("AGEDEBUG", "plugin")
	recipient, id := probeKey("environment")
	o := probeOpened(t, id)
	stanzas := wrapped(t, recipient, nil)
	_, err := o.Identities()[0].Unwrap(stanzas)
	if err == nil || !strings.HasSuffix(err.Error(), "debug=") {
		t.Errorf("%v", err)
	}
	t.Chdir(dir)
	for _, path := range []string{"", ".", "/nowhere"} {
		t.Setenv("PATH", path)
		if _, err := o.Identities()[0].Unwrap(stanzas); fault.Of(err) != fault.PluginMissing {
			t.Errorf("PATH=%q: %v", path, err)
		}
	}
	// Most likely not a file for the plugin at all.
	x := must(NewClassic("x")).Public().Recipient
	if _, err := o.Identities()[0].Unwrap(wrapped(t, x.Text, nil)); !errors.Is(err, age.ErrIncorrectIdentity) {
		t.Errorf("a native stanza: %v", err)
	}
}

// TestPluginOrder: native keys first; a passphrase's file starts no plugin; a
// failing plugin leaves the turn to the next.
func TestPluginOrder(t *testing.T) {
	probe(t)
	recipient, good := probeKey("plain")
	_, other := probeKey("other")
	gone := plugin.EncodeIdentity("no-such-probe", []byte("x"))
	var keys []*KeyPair
	for _, id := range []string{gone, other, good} {
		keys = append(keys, must(ReadKey([]byte(id), Meta{})))
	}
	keys = append(keys, must(New("me")))
	o := must(Open(keys...))
	defer o.Close()
	ids := o.Identities()
	if len(ids) != 3 {
		t.Fatalf("%d identities", len(ids))
	}
	if _, last := ids[2].(*pluginKeys); !last {
		t.Errorf("the last is %T", ids[2])
	}
	if key, err := ids[2].Unwrap(wrapped(t, recipient, nil)); err != nil || len(key) != 16 {
		t.Errorf("%v", err)
	}
	if _, err := ids[2].Unwrap([]*age.Stanza{{Type: "scrypt"}}); !errors.Is(err, age.ErrIncorrectIdentity) {
		t.Errorf("a passphrase's file: %v", err)
	}
	unknown := []*age.Stanza{{Type: "something", Args: []string{"x"}}}
	if _, err := ids[2].Unwrap(unknown); fault.Of(err) != fault.PluginMissing {
		t.Errorf("nobody's file, a plugin missing: %v", err)
	}
}

// TestPluginRoundTrip: the stock program opens what was made for the plugin,
// and the plugin here what the stock program made.
func TestPluginRoundTrip(t *testing.T) {
	built, err := stock()
	if err != nil {
		t.Fatal(err)
	}
	stock := filepath.Join(built, "age")
	dir := probe(t)
	recipient, id := probeKey("plain")
	keyFile, file := filepath.Join(dir, "id"), filepath.Join(dir, "f.age")
	if err := os.WriteFile(keyFile, []byte(id+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var ours bytes.Buffer
	w := must(age.Encrypt(&ours, must(must(ParseRecipient(recipient)).Age(nil)), must(must(NewClassic("x")).Public().Recipient.Age(nil))))
	io.WriteString(w, "from here")
	if err := errors.Join(w.Close(), os.WriteFile(file, ours.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(stock, "-d", "-i", keyFile, file).CombinedOutput(); err != nil || string(out) != "from here" {
		t.Errorf("stock: %v %s", err, out)
	}
	theirs := exec.Command(stock, "-r", recipient)
	theirs.Stdin = strings.NewReader("from there")
	sealed, err := theirs.Output()
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), probeOpened(t, id).Identities()...)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != "from there" {
		t.Errorf("%q %v", text, err)
	}
}

// TestPluginTouch: after five seconds of silence the person is told, and may
// give up; then later files are not begun.
func TestPluginTouch(t *testing.T) {
	probe(t)
	recipient, id := probeKey("touch")
	stanzas := wrapped(t, recipient, nil)
	d := &desk{}
	o := probeOpened(t, id)
	o.SetPrompter(d)
	if _, err := o.Identities()[0].Unwrap(stanzas); err != nil || len(d.said) != 1 || d.said[0] != "waiting" || d.done != 1 {
		t.Errorf("%v %q %d", err, d.said, d.done)
	}
	d.waiting = func(stop func()) { stop() }
	for range 2 {
		if _, err := o.Identities()[0].Unwrap(stanzas); fault.Of(err) != fault.Cancelled {
			t.Errorf("given up: %v", err)
		}
	}
	if len(d.said) != 2 {
		t.Errorf("%q", d.said)
	}
	settled(t)
}

// settled waits for the plugin that ran last to be out of the way.
func settled(t *testing.T) {
	t.Helper()
	select {
	case running <- struct{}{}:
		<-running
	case <-time.After(30 * time.Second):
		t.Fatal("a plugin is still running")
	}
}
