package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module    = "cryptodesk"
	root      = ".." // of the module, seen from this folder
	lineLimit = 400
)

type room struct {
	name string
	may  []string
}

// rooms says which rooms of engine a room may import. Arrows only point down this list; a room that is not in it may not
// exist. The empty name is the engine itself, the one door; bench is a program that measures.
var rooms = []room{
	{"bench", []string{"", "recovery/search", "batch", "session", "keyring", "identity", "agefile", "agefile/stream", "safefile", "job", "secret", "fault"}},
	{"", []string{"recovery", "recovery/agent", "recovery/escrow", "recovery/legacy", "recovery/search", "recovery/paper", "recovery/slip39", "exchange", "transfer",
		"batch", "session", "keyring", "identity", "qr", "agefile", "safefile", "job", "passphrase", "secret/scan", "secret", "fault"}},
	{"recovery", []string{"recovery/escrow", "recovery/legacy", "recovery/paper", "recovery/slip39", "keyring", "identity", "agefile", "safefile", "qr",
		"passphrase", "secret", "fault"}},
	{"recovery/agent", []string{"fault"}},
	{"recovery/escrow", []string{"keyring", "identity", "agefile", "safefile", "secret", "fault"}},
	{"recovery/legacy", []string{"identity", "secret", "fault"}},
	{"recovery/search", []string{"agefile", "safefile", "passphrase", "secret", "fault"}},
	{"recovery/paper", []string{"qr", "secret", "fault"}},
	{"recovery/slip39", []string{"secret", "fault"}},
	{"exchange", []string{"transfer", "batch", "job", "identity", "agefile", "safefile", "secret", "fault"}},
	{"transfer", []string{"identity", "agefile", "safefile", "secret", "fault"}},
	{"batch", []string{"identity", "agefile", "agefile/stream", "safefile", "job", "secret", "fault"}},
	{"session", []string{"keyring", "identity", "safefile", "secret", "fault"}},
	{"keyring/witness", []string{"secret"}},
	{"keyring", []string{"identity", "agefile", "agefile/stream", "safefile", "secret", "fault"}},
	{"identity", []string{"secret", "fault"}},
	{"agefile", []string{"agefile/stream", "safefile", "secret", "fault"}},
	{"agefile/stream", []string{"secret", "fault"}},
	{"safefile", []string{"fault"}},
	{"job", []string{"fault"}},
	{"qr", []string{"secret", "fault"}},
	{"passphrase", []string{"secret", "fault"}},
	{"secret/scan", []string{"secret", "fault"}},
	{"secret", []string{"fault"}},
	{"fault", nil},
}

// sourceFile is one Go file of the module, tests excluded.
type sourceFile struct {
	path    string // with slashes, from the root of the module
	dir     string
	imports []string
	lines   int
	doc     bool
}

func sources(t *testing.T) (all []sourceFile) {
	t.Helper()
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); file != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "vendor" || name == "build") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := read(fset, file)
		if err != nil {
			return err
		}
		all = append(all, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d files found: looking in the wrong place", len(all))
	}
	return all
}

func read(fset *token.FileSet, file string) (f sourceFile, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return f, err
	}
	parsed, err := parser.ParseFile(fset, file, text, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return f, err
	}
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return f, err
	}
	f.path = filepath.ToSlash(rel)
	f.dir = path.Dir(f.path)
	f.lines = strings.Count(string(text), "\n")
	f.doc = hasDoc(parsed)
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, err
		}
		f.imports = append(f.imports, name)
	}
	return f, nil
}

// hasDoc wants a sentence that starts as go doc expects, and not only a build line.
func hasDoc(f *ast.File) bool {
	if f.Doc == nil {
		return false
	}
	text := f.Doc.Text()
	return strings.HasPrefix(text, "Package "+f.Name.Name+" ") || f.Name.Name == "main" && len(text) > 20
}

func within(name, tree string) bool { return name == tree || strings.HasPrefix(name, tree+"/") }

// TestShellKnowsNoCryptography: what people touch (gui, cmd) reaches secrets and files only through the engine, and nobody
// but the engine could send anything anywhere.
func TestShellKnowsNoCryptography(t *testing.T) {
	for _, f := range sources(t) {
		if within(f.path, "gui") || within(f.path, "cmd") {
			for _, name := range f.imports {
				if why := forbiddenInShell(name); why != "" {
					t.Errorf("%s imports %s: %s", f.path, name, why)
				}
			}
		}
	}
}

func forbiddenInShell(name string) string {
	switch {
	case name == "net/url":
		return ""
	case within(name, "net"), within(name, "golang.org/x/net"):
		return "no network"
	case within(name, "filippo.io/age"), within(name, "filippo.io/hpke"), within(name, "c2sp.org"):
		return "formats belong to engine"
	case within(name, "crypto"), within(name, "golang.org/x/crypto"):
		return "cryptography belongs to engine"
	case within(name, "github.com/awnumar"):
		return "guarded memory belongs to engine/secret"
	}
	return ""
}

func TestForbiddenInShell(t *testing.T) {
	for name, want := range map[string]bool{"net": true, "net/http": true, "net/url": false, "network": false, "crypto/rand": true,
		"filippo.io/age/armor": true, "golang.org/x/crypto/ssh": true, "github.com/awnumar/memguard": true, "fyne.io/fyne/v2": false,
		module + "/engine/secret": false} {
		if got := forbiddenInShell(name) != ""; got != want {
			t.Errorf("%s forbidden: %v", name, got)
		}
	}
}

// TestEngineKnowsNoToolkit keeps the engine usable without a display, and the program's shell out of it.
func TestEngineKnowsNoToolkit(t *testing.T) {
	for _, f := range sources(t) {
		if !within(f.path, "engine") {
			continue
		}
		for _, name := range f.imports {
			if within(name, "fyne.io") || within(name, module+"/gui") || within(name, module+"/cmd") || within(name, module+"/assets") {
				t.Errorf("%s imports %s", f.path, name)
			}
		}
	}
}

func TestOnlySecretUsesMemguard(t *testing.T) {
	used := false
	for _, f := range sources(t) {
		for _, name := range f.imports {
			if !within(name, "github.com/awnumar") {
				continue
			}
			if f.dir != "engine/secret" {
				t.Errorf("%s imports %s", f.path, name)
			}
			used = true
		}
	}
	if !used {
		t.Error("nobody uses memguard: the name has changed and this test watches nothing")
	}
}

// TestOnlyTestsWatchKeyrings: what lends the passphrases of keyrings is in no program.
func TestOnlyTestsWatchKeyrings(t *testing.T) {
	for _, f := range sources(t) {
		if slices.Contains(f.imports, module+"/engine/keyring/witness") {
			t.Errorf("%s imports engine/keyring/witness", f.path)
		}
	}
}

// TestArrowsPointOneWay holds the rooms to the table above, and the table to the absence of cycles.
func TestArrowsPointOneWay(t *testing.T) {
	allowed := map[string][]string{}
	for i, r := range rooms {
		allowed[r.name] = r.may
		for _, m := range r.may {
			below := slices.IndexFunc(rooms, func(other room) bool { return other.name == m })
			if below <= i {
				t.Errorf("%q may import %q, which is not below it", r.name, m)
			}
		}
	}
	for _, f := range sources(t) {
		if !within(f.path, "engine") {
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(f.dir, "engine"), "/")
		may, known := allowed[name]
		if !known {
			t.Errorf("%s: engine/%s is not in the table of rooms", f.path, name)
			continue
		}
		for _, imported := range f.imports {
			if !within(imported, module+"/engine") {
				continue
			}
			target := strings.TrimPrefix(strings.TrimPrefix(imported, module+"/engine"), "/")
			if !slices.Contains(may, target) {
				t.Errorf("%s imports %s, which the table of rooms does not allow", f.path, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		documented[f.dir] = documented[f.dir] || f.doc
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package doc comment (\"Package name ...\")", dir)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range sources(t) {
		if f.lines > lineLimit {
			t.Errorf("%s has %d lines, the limit is %d", f.path, f.lines, lineLimit)
		}
	}
}
