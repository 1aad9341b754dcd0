package paper

import (
	"golang.org/x/image/font/gofont/gomono"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/qr"
	"cryptodesk/engine/secret"
)

// Page is what stands on a sheet. Texts that are empty are left out. The
// Buffers stay the caller's.
type Page struct {
	Language string // of the texts, such as "ko"
	Title    string
	Lead     string  // a paragraph below the title
	Fields   []Field // name, date, fingerprint

	CodeTitle  string         // what the code is for, below it
	Code       *secret.Buffer // what the QR code and the attached file hold
	File       string         // the attached file's name
	Line       *secret.Buffer // small and monospaced below the code; nil for none
	StepsTitle string
	Steps      []string // what to do, numbered
	WordsTitle string
	Words      *secret.Buffer // with one space between
	Write      []string       // labels of the lines to write on
	Foot       string

	Regular, Bold []byte // fonts (TrueType or OpenType) with the letters of the texts
}

// Field is a fact about the sheet.
type Field struct{ Label, Value string }

// Draw is the page as a PDF file: one page of A4 with margins that a sheet of
// US Letter has too. It takes a few dozen milliseconds. Errors: TooLarge when
// the code does not hold Code or the texts do not fit on one page.
func Draw(p Page) (pdf *secret.Buffer, err error) {
	code, err := qr.EncodeSecret(p.Code.Bytes())
	if err != nil {
		return nil, err
	}
	defer code.Destroy()
	secret.Do(func() {
		var file []byte
		if file, err = compose(p, code); err == nil {
			pdf = secret.Take(file)
		}
	})
	return pdf, err
}

func compose(p Page, code *qr.Code) ([]byte, error) {
	c := &canvas{}
	for at, data := range [][]byte{regular: p.Regular, bold: p.Bold, mono: gomono.TTF} {
		f, err := newFace(data)
		if err != nil {
			return nil, err
		}
		c.faces[at] = f
	}
	l := &layout{canvas: c, page: p, code: code}
	if !l.fit() {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	return write(p, c, code), nil
}
