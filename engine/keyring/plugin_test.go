package keyring

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"cryptodesk/engine/identity"
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

func probeKey(secret string) (recipient, id string) {
	data := []byte("plain\x00" + secret)
	return plugin.EncodeRecipient("probe", data), plugin.EncodeIdentity("probe", data)
}

// TestPluginLinesAreKeys: identities of plugins, with the comments that the
// plugins of the world write, are key pairs that come back as they were.
func TestPluginLinesAreKeys(t *testing.T) {
	to, id := probeKey("one")
	_, mute := probeKey("two")
	_, third := probeKey("three")
	classic := must(age.GenerateX25519Identity()).String()
	by := "#       Serial: 12345678, Slot: 1\n#    Recipient: " + to + "\n" + id + "\n" + // age-plugin-yubikey
		"# created: 2026-01-02T03:04:05Z\n# name: Work\n" + mute + "\n" +
		"# Recipient: " + to + "\n\n" + third + "\n" + // age-plugin-tpm
		"# recipient: " + to + "\n" + classic + "\n" + // somebody's note
		"# public key: age1yubikey1qqq\nAGE-PLUGIN-YUBIKEY-1QQQ\n# recipient: " + to + "\n"
	b, err := parseText(by)
	if err != nil || len(b.keys) != 4 {
		t.Fatalf("%d keys, %v", len(b.keys), err)
	}
	first, second, last := b.keys[1].Public(), b.keys[2].Public(), b.keys[3].Public()
	if first.Kind != identity.Plugin || first.Plugin != "probe" || first.Recipient.Text != to || first.Fingerprint == "" {
		t.Errorf("%+v", first)
	}
	if second.Name != "Work" || second.Created.IsZero() || !second.Recipient.IsZero() || second.Fingerprint != "" || len(second.ID) != 16 {
		t.Errorf("%+v", second)
	}
	if last.Recipient != first.Recipient || last.ID == first.ID {
		t.Errorf("%+v", last)
	}
	out := text(t, b)
	for _, line := range []string{"#       Serial: 12345678, Slot: 1", "# public key: " + to + "\n" + id, "# name: Work\n# created: 2026-01-02T03:04:05Z\n" + mute,
		"# recipient: " + to, "# AGE-PLUGIN-YUBIKEY-1QQQ"} {
		if !strings.Contains(out, "\n"+line+"\n") {
			t.Errorf("%q did not survive:\n%s", line, out)
		}
	}
	if strings.Count(out, "# recipient: "+to) != 2 {
		t.Errorf("notes:\n%s", out)
	}
	again := must(parseText(out))
	for i, k := range again.keys {
		if p := k.Public(); p.ID != b.keys[i].Public().ID || p.Recipient != b.keys[i].Public().Recipient {
			t.Errorf("%+v", p)
		}
	}
	if text(t, again) != out {
		t.Errorf("changes at every save:\n%s", text(t, again))
	}
}

// TestStockAgeOpensWithPluginOfKeyring: age -d -i keyring.age, with the plugin
// on PATH.
func TestStockAgeOpensWithPluginOfKeyring(t *testing.T) {
	probe(t)
	store, path := storeIn(t)
	to, id := probeKey("one")
	k, err := Create(context.Background(), store, path, guard("correct horse"), must(identity.New("Ana")),
		must(identity.ReadKey([]byte(id), identity.Meta{Name: "Device", Recipient: must(identity.ParseRecipient(to))})))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	recipient := k.Keys()[1].Public().Recipient
	if recipient.Text != to {
		t.Fatalf("%+v", recipient)
	}
	var sealed bytes.Buffer
	w := must(age.Encrypt(&sealed, must(recipient.Age(nil))))
	io.WriteString(w, "for the device")
	file, out := filepath.Join(filepath.Dir(path), "f.age"), filepath.Join(filepath.Dir(path), "f")
	if err := errors.Join(w.Close(), os.WriteFile(file, sealed.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := onTerminal(t, "correct horse", "-d", "-i", path, "-o", out, file); err != nil {
		t.Fatal(err)
	}
	if string(read(t, out)) != "for the device" {
		t.Errorf("%q", read(t, out))
	}
}
