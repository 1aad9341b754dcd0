package recovery

import (
	"strconv"

	"fyne.io/fyne/v2"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/text"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// twoWords is the question for two words of a sheet.
type twoWords struct {
	sheet  Sheet
	places [2]int
	right  [2]bool
	field  *widget.WordsField
	view   fyne.CanvasObject
}

func newTwoWords(made Sheet) *twoWords {
	w := &twoWords{sheet: made}
	w.places[0], w.places[1] = made.Ask()
	w.field = widget.NewWordsField(text.T("recovery.sheet.words"), w.places[:], dictionary)
	trace.Place("sheet.words", w.field)
	trace.Event("recovery.sheet.ask", map[string]any{"first": w.places[0], "second": w.places[1]})
	w.view = widget.Column(12, widget.Body(text.T("recovery.sheet.print",
		"first", strconv.Itoa(w.places[0]), "second", strconv.Itoa(w.places[1]))), widget.Pad(3, 3, w.field))
	return w
}

// typed says whether both words are there; say hears which is not.
func (w *twoWords) typed(say func(string)) bool {
	for i, place := range w.places {
		if len(w.field.Word(i)) == 0 {
			w.field.GoTo(i)
			say(text.T("recovery.sheet.missing", "number", strconv.Itoa(place)))
			return false
		}
	}
	return true
}

// judge answers what compares the words as they are typed now, for a worker's
// goroutine: the engine notes that the sheet can be read.
func (w *twoWords) judge() func() {
	var words [2]*secret.Buffer
	for i := range words {
		word := w.field.Word(i)
		words[i] = secret.New(len(word))
		secret.Copy(words[i].Bytes(), word)
	}
	return func() {
		for i, word := range words {
			w.right[i] = w.sheet.Right(w.places[i], word.Bytes())
			word.Destroy()
		}
	}
}

// wrong is what judging came to: a sentence, or empty when both are right.
func (w *twoWords) wrong() string {
	for i, right := range w.right {
		if !right {
			w.field.GoTo(i)
			return text.T("recovery.sheet.differs", "number", strconv.Itoa(w.places[i]))
		}
	}
	return ""
}

func (w *twoWords) close() {
	w.field.Destroy()
	w.sheet.Close()
}
