// Package text owns every sentence the program shows: it looks keys up in the
// translations, fills placeholders, and writes sizes, times and names the way
// people read them. It is pure Go, so that the command line uses it too; it
// imports assets, engine/fault and golang.org/x/text, and never the toolkit.
package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"

	"cryptodesk/assets"
)

// Language is a language the program speaks: "en" or "ko".
type Language string

const (
	English Language = "en"
	Korean  Language = "ko"
)

// Languages lists them, the fallback first.
func Languages() []Language { return []Language{English, Korean} }

var current atomic.Value // Language

// Use chooses the language of every later T, on any goroutine. An unknown
// language leaves English.
func Use(l Language) {
	if l != Korean {
		l = English
	}
	current.Store(l)
}

// Current is the language in use; English until Use was called.
func Current() Language {
	if l, ok := current.Load().(Language); ok {
		return l
	}
	return English
}

// Detect reads the language out of the environment as POSIX orders it:
// LC_ALL, LC_MESSAGES, LANG; LANGUAGE first when a locale is set at all.
func Detect(getenv func(string) string) Language {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	if locale == "" || locale == "C" || locale == "POSIX" {
		return English
	}
	for _, wanted := range append(strings.Split(getenv("LANGUAGE"), ":"), locale) {
		switch {
		case strings.HasPrefix(wanted, "ko"):
			return Korean
		case strings.HasPrefix(wanted, "en"):
			return English
		}
	}
	return English
}

// T answers the sentence of key in the language in use. args are pairs of a
// placeholder's name and its value: T("files.plan.title", "n", 3). Where the
// translations have key.one and key.other, "n" chooses between them. A key
// that does not exist is answered as it is, which the tests refuse.
func T(key string, args ...any) string {
	s, ok := find(Current(), key, args)
	if !ok {
		s, ok = find(English, key, args)
	}
	if !ok {
		return key
	}
	return fill(s, args)
}

// Has says whether the translations hold key, or its plural forms.
func Has(key string) bool {
	_, plain := Catalogue(English)[key]
	_, plural := Catalogue(English)[key+".other"]
	return plain || plural
}

func find(l Language, key string, args []any) (string, bool) {
	c := Catalogue(l)
	if s, ok := c[key]; ok {
		return s, true
	}
	if one, ok := c[key+".one"]; ok && isOne(args) {
		return one, true
	}
	s, ok := c[key+".other"]
	return s, ok
}

func isOne(args []any) bool {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "n" {
			return fmt.Sprint(args[i+1]) == "1"
		}
	}
	return false
}

func fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), value(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func value(v any) string {
	switch v := v.(type) {
	case int:
		return Count(int64(v))
	case int64:
		return Count(v)
	}
	return fmt.Sprint(v)
}

// Catalogue is every key and sentence of one language. It is shared: do not
// change it.
func Catalogue(l Language) map[string]string {
	if c := catalogues[l]; c != nil {
		return c()
	}
	return nil
}

// catalogues are read when they are first needed: most people need one.
var catalogues = map[Language]func() map[string]string{English: catalogue(English), Korean: catalogue(Korean)}

func catalogue(l Language) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		c, err := load(assets.Translations(), l)
		if err != nil {
			panic(err) // embedded: the tests load them
		}
		return c
	})
}

// load merges every FLOW.LANGUAGE.json of the folder.
func load(dir fs.FS, l Language) (map[string]string, error) {
	files, err := fs.Glob(dir, "*."+string(l)+".json")
	if err != nil {
		return nil, err
	}
	merged := map[string]string{}
	for _, name := range files {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		part := map[string]string{}
		if err := json.Unmarshal(raw, &part); err != nil {
			return nil, fmt.Errorf("translations %s: %w", name, err)
		}
		for key, s := range part {
			if _, twice := merged[key]; twice {
				return nil, fmt.Errorf("translations %s: key %s is there twice", name, key)
			}
			merged[key] = s
		}
	}
	return merged, nil
}
