package recovery

import (
	"strings"
	"time"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/paper"
)

// Labels are the words on what is printed, in the language of the person. The
// engine has none.
type Labels struct {
	Language      string // "en", "ko"
	Regular, Bold []byte // fonts that have the letters of it: TrueType or OpenType

	// T is the text for a key, with the values of its placeholders as pairs.
	T func(key string, args ...any) string
}

// The keys of the texts on a sheet and on a share; a step more than once.
const (
	nameField = "paper.name"
	dateField = "paper.date"
	keyField  = "paper.fingerprint"
	steps     = "paper.steps"
	foot      = "paper.foot"
)

var (
	sheetSteps = []string{"paper.sheet.step.open", "paper.sheet.step.show", "paper.step.passphrase", "paper.sheet.step.stock"}
	shareSteps = []string{"paper.share.step.collect", "paper.sheet.step.open", "paper.share.step.show", "paper.step.passphrase"}
	writeOn    = []string{"paper.write.place", "paper.write.who", "paper.write.checked"}
)

// LabelKeys returns the keys that T is asked for, for the translations to
// cover.
func LabelKeys() []string {
	keys := []string{nameField, dateField, keyField, steps, foot, "paper.sheet.title", "paper.sheet.lead", "paper.sheet.code", "paper.sheet.words",
		"paper.share.title", "paper.share.lead", "paper.share.code", "paper.share.words", "paper.share.advice", "paper.share.file", "paper.share.foot"}
	return append(append(append(keys, sheetSteps...), shareSteps...), writeOn...)
}

func (l Labels) all(keys []string, args ...any) (texts []string) {
	for _, k := range keys {
		texts = append(texts, l.T(k, args...))
	}
	return texts
}

func (l Labels) page(key identity.Public, now time.Time) paper.Page {
	return paper.Page{
		Language: l.Language, Regular: l.Regular, Bold: l.Bold,
		Fields: []paper.Field{
			{Label: l.T(nameField), Value: key.Name},
			{Label: l.T(dateField), Value: now.Local().Format(time.DateOnly)},
			{Label: l.T(keyField), Value: key.Fingerprint},
		},
		StepsTitle: l.T(steps), Write: l.all(writeOn),
	}
}

// sheet is a recovery sheet without what is secret.
func (l Labels) sheet(key identity.Public, now time.Time) paper.Page {
	p := l.page(key, now)
	p.Title, p.Lead = l.T("paper.sheet.title"), l.T("paper.sheet.lead", "name", key.Name)
	p.CodeTitle, p.File = l.T("paper.sheet.code"), "key.txt"
	p.Steps = l.all(sheetSteps)
	p.WordsTitle, p.Foot = l.T("paper.sheet.words"), l.T(foot)
	return p
}

// share is the page of a share without what is secret.
func (l Labels) share(key identity.Public, f ShareFile) paper.Page {
	p := l.page(key, f.Made)
	args := []any{"name", key.Name, "n", f.Number, "of", f.Of, "need", f.Need}
	p.Title, p.Lead = l.T("paper.share.title", args...), l.T("paper.share.lead", args...)
	p.CodeTitle, p.File = l.T("paper.share.code"), "share.txt"
	p.Steps = l.all(shareSteps, args...)
	p.WordsTitle, p.Foot = l.T("paper.share.words"), l.T("paper.share.foot", args...)
	return p
}

// fileName is what a share's files are called, without an end.
func (l Labels) fileName(key identity.Public, f ShareFile) string {
	name := l.T("paper.share.file", "name", key.Name, "n", f.Number, "of", f.Of, "date", f.Made.Local().Format(time.DateOnly))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name)
	return strings.Trim(name, ". ")
}
