package engine

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"filippo.io/age"
)

// What a sheet promises without CryptoDesk: the attached file, and what any
// scanner reads off the page, are what the stock program takes.
func TestStockAgeOpensWithASheet(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	build := exec.Command("go", "build", "-o", dir, "filippo.io/age/cmd/age")
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	e := ana(t)
	key := e.Keys()[0]
	path := filepath.Join(dir, "sheet.pdf")
	sheet, err := e.MakeSheet(ctx, key.ID, path, labels(t))
	if err != nil {
		t.Fatal(err)
	}
	sheet.Close()
	to, err := age.ParseHybridRecipient(key.Recipient.Text)
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err == nil {
		_, err = w.Write([]byte("opened"))
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	file := write(t, filepath.Join(dir, "file.age"), sealed.Bytes())
	page := filepath.Join(dir, "page")
	for name, script := range map[string]string{
		"the attached file": `pdfdetach -save 1 -o "$KEY" "$SHEET"`,
		"a scan":            `pdftoppm -r 150 -png -singlefile "$SHEET" "$PAGE" && zbarimg -q --raw "$PAGE.png" > "$KEY"`,
	} {
		out := filepath.Join(dir, name+".txt")
		sh := exec.Command("sh", "-ec", script+` && "$AGE" -d -i "$KEY" "$FILE"`)
		sh.Env = append(os.Environ(), "KEY="+out, "SHEET="+path, "PAGE="+page, "AGE="+filepath.Join(dir, "age"), "FILE="+file)
		if said, err := sh.CombinedOutput(); err != nil || !bytes.HasSuffix(said, []byte("opened")) {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
}
