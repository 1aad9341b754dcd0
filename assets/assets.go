// Package assets holds what the program shows but does not compute: fonts,
// icons, drawings and translations, embedded so that one file is the whole
// program. It imports nothing of the project and knows nothing of the toolkit.
//
// Icons (24x24, line style, 2 px round strokes) and drawings are our own work
// and are drawn in the light palette; gui/theme repaints them. The fonts are
// Pretendard 1.3.9, unmodified, under the SIL Open Font License in
// fonts/OFL.txt; they hold all 11,172 Hangul syllables.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed fonts/*.otf fonts/OFL.txt icons/*.svg drawings/*.svg translations/*.json
var files embed.FS

// Font answers an embedded font file: "Regular" or "SemiBold".
func Font(weight string) []byte { return must("fonts/Pretendard-" + weight + ".otf") }

// Icon answers the SVG of a 24x24 line icon by its name without ".svg".
func Icon(name string) []byte { return must("icons/" + name + ".svg") }

// Drawing answers the SVG of a drawing by its name without ".svg".
func Drawing(name string) []byte { return must("drawings/" + name + ".svg") }

// Translations is the folder of flat JSON files, named FLOW.LANGUAGE.json.
func Translations() fs.FS {
	sub, err := fs.Sub(files, "translations")
	if err != nil {
		panic(err) // a constant path of the embedded tree
	}
	return sub
}

// must reads a file that is part of the program: a wrong name is a mistake in
// the source, which the tests of gui/theme find.
func must(path string) []byte {
	b, err := files.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return b
}

// IconNames lists the icons there are.
func IconNames() []string { return names("icons") }

// DrawingNames lists the drawings there are.
func DrawingNames() []string { return names("drawings") }

func names(dir string) []string {
	entries, err := files.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		out = append(out, e.Name()[:len(e.Name())-len(".svg")])
	}
	return out
}
