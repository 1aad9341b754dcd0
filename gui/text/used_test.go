package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// engineKeys are made of the engine's own words and checked against them in
// TestKeysOfOtherRoomsExist; the toolkit's are its own.
var engineKeys = []string{"fault.", "memory.", "paper.", "strength.", "toolkit."}

// source reads the string literals of the window and of the command line:
// all of them, and those that T is called with.
func source(t *testing.T) (literals map[string]bool, called map[string]string) {
	t.Helper()
	literals, called = map[string]bool{}, map[string]string{}
	files := token.NewFileSet()
	for _, root := range []string{"../../gui", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := literal(n); ok {
					literals[s] = true
				}
				if call, ok := n.(*ast.CallExpr); ok && isT(call.Fun) && len(call.Args) > 0 {
					if key, ok := literal(call.Args[0]); ok {
						called[key] = files.Position(call.Pos()).String()
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return literals, called
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// isT recognises T, text.T and words.T.
func isT(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name == "T"
	case *ast.SelectorExpr:
		return f.Sel.Name == "T"
	}
	return false
}

func TestEveryKeyInTheSourceExists(t *testing.T) {
	_, called := source(t)
	if len(called) < 50 {
		t.Fatalf("only %d calls of T found", len(called))
	}
	for key, where := range called {
		if !Has(key) {
			t.Errorf("%s: no text for %s", where, key)
		}
	}
}

func TestNoTextIsUnused(t *testing.T) {
	literals, _ := source(t)
	for key := range Catalogue(English) {
		plain := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		if !literals[plain] && !literals[key] && !madeOf(key, literals) {
			t.Errorf("nothing shows %s", key)
		}
	}
}

// madeOf says whether key is put together in the source: from a literal that
// ends with a dot.
func madeOf(key string, literals map[string]bool) bool {
	for _, prefix := range engineKeys {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	for i := range key {
		if key[i] == '.' && literals[key[:i+1]] {
			return true
		}
	}
	return false
}
