package paper

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cryptodesk/engine/secret"
)

// run runs a program of the list in the Makefile, in a folder of its own, and
// answers what it prints.
func run(t testing.TB, dir, program string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed (make deps-test)", program)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", program, err, out, complaints.Bytes())
	}
	return out
}

// drawn is a page as the file sheet.pdf in a folder of its own.
func drawn(t testing.TB, p Page) (dir string) {
	t.Helper()
	pdf, err := Draw(p)
	if err != nil {
		t.Fatal(err)
	}
	defer pdf.Destroy()
	dir = t.TempDir()
	save(t, dir, "sheet.pdf", pdf.Bytes())
	return dir
}

func save(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// rendered is the page as poppler shows it, in shades of grey.
func rendered(t testing.TB, dir, dpi string) *image.Gray {
	t.Helper()
	run(t, dir, "pdftoppm", "-r", dpi, "-gray", "-singlefile", "sheet.pdf", "page")
	return portable(t, must(os.ReadFile(filepath.Join(dir, "page.pgm"))))
}

// portable decodes a picture in the portable format, grey or in colour.
func portable(t testing.TB, data []byte) *image.Gray {
	t.Helper()
	var kind string
	var w, h, most int
	if n, err := fmt.Sscanf(string(data[:min(len(data), 100)]), "%s\n%d %d\n%d", &kind, &w, &h, &most); n != 4 || most != 255 {
		t.Fatal("not a picture: ", err)
	}
	channels := map[string]int{"P5": 1, "P6": 3}[kind]
	picture := image.NewGray(image.Rect(0, 0, w, h))
	pixels := data[len(data)-w*h*channels:]
	for i := range picture.Pix {
		picture.Pix[i] = pixels[i*channels]
	}
	return picture
}

// expect reads a file back.
func expect(t testing.TB, what string, data []byte, want ...*secret.Buffer) {
	t.Helper()
	found, err := Read(t.Context(), data)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	for _, w := range want {
		there := false
		for _, f := range found {
			there = there || f.Equal(w)
		}
		if !there {
			t.Errorf("%s: one is missing", what)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%s: %d found, not %d", what, len(found), len(want))
	}
	for _, f := range found {
		f.Destroy()
	}
}

func expectFile(t testing.TB, dir, name string, want ...*secret.Buffer) {
	t.Helper()
	expect(t, name, must(os.ReadFile(filepath.Join(dir, name))), want...)
}
