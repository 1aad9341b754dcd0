package theme

import "golang.org/x/image/font/sfnt"

// lacking counts the characters from first to last that a font has no glyph for.
func lacking(file []byte, first, last rune) (int, error) {
	f, err := sfnt.Parse(file)
	if err != nil {
		return 0, err
	}
	var buf sfnt.Buffer
	missing := 0
	for r := first; r <= last; r++ {
		glyph, err := f.GlyphIndex(&buf, r)
		if err != nil {
			return 0, err
		}
		if glyph == 0 {
			missing++
		}
	}
	return missing, nil
}
