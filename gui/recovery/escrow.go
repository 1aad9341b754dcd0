package recovery

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/widget"
)

// Escrow is what leaving one's keys with somebody asks of the engine, on either
// side.
type Escrow interface {
	Contacts() []identity.Contact
	Deposit(ctx context.Context, contactID, path string, terms escrow.Terms) error
	MakeRequest(ctx context.Context, path string) (code []string, err error)
	StartAnew(ctx context.Context, owner string, fresh *secret.Buffer) error
	Escrow(path string) escrow.Sort
	ReadRelease(ctx context.Context, deposit, request string) (*escrow.Case, error)
	Release(ctx context.Context, c *escrow.Case, code, path string) (answer []string, err error)
	Releases() []escrow.Entry
}

func (s *Screen) depositCard() (card, bool) {
	c := s.made(recovery.DepositWay, card{id: "deposit", icon: "person", open: func() { s.deposit(identity.Contact{}) },
		title: text.T("escrow.deposit.title"), about: text.T("escrow.deposit.about"),
		act: text.T("escrow.deposit.make"), again: text.T("escrow.deposit.again")})
	c.also, c.alsoOpen = text.T("escrow.request.make"), func() { askForDeposit(s.window, s.engine, s.desk, nil) }
	return c, true
}

func (s *Screen) releaseCard() (card, bool) {
	return card{id: "release", icon: "unlock", open: func() { s.release(nil) },
		title: text.T("escrow.release.title"), about: text.T("escrow.release.about"), act: text.T("escrow.release.make"),
		also: text.T("escrow.log.open"), alsoOpen: s.log}, true
}

// The names that the files of an escrow get, after whose keys they are about.
func depositName(owner string) string { return titled(owner) + escrow.DepositName }
func requestName(owner string) string { return titled(owner) + escrow.RequestName }
func releaseName(owner string) string { return titled(owner) + escrow.ReleaseName }

// spoken is the public list of words that are read out.
var spoken = func() widget.Dictionary {
	list := identity.SpokenWords()
	from := func(begun []byte) int {
		at, _ := slices.BinarySearch(list, string(begun)) // no secret: they are said on a telephone
		return at
	}
	return widget.Dictionary{
		Complete: func(begun []byte) (all []string) {
			for _, word := range list[from(begun):] {
				if !strings.HasPrefix(word, string(begun)) {
					break
				}
				all = append(all, word)
			}
			return all
		},
		Known: func(word []byte) bool { at := from(word); return at < len(list) && list[at] == string(word) },
	}
}()

// spokenCount is how many words a code has.
const spokenCount = 4

// aloud shows words that are to be read out, large, each with its number.
func aloud(caption string, words []string) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for i, w := range words {
		number := widget.Caption(strconv.Itoa(i + 1)).Tone(theme.Quiet).Align(fyne.TextAlignTrailing)
		cells = append(cells, widget.Row(theme.Grid, widget.Fixed(18, number), widget.Title(w).Fits(widget.FitEnd)))
	}
	return widget.Tinted(theme.AccentSoft, widget.Column(theme.Grid,
		widget.Caption(caption).Fits(widget.FitWrap), container.New(layout.NewGridLayout(2), cells...)))
}

// steps is what to do next, one after the other.
func steps(sentences ...string) fyne.CanvasObject {
	column := widget.Column(theme.Grid)
	for i, sentence := range sentences {
		number := widget.Strong(strconv.Itoa(i + 1)).Tone(theme.Accent)
		column.Add(container.NewBorder(nil, nil, container.NewVBox(widget.Fixed(20, number)), nil, widget.Body(sentence)))
	}
	return column
}

// print is a fingerprint, to be compared by eye.
func print(key identity.Recipient) fyne.CanvasObject {
	return widget.Body(key.Fingerprint()).Mono().Fits(widget.FitWrap)
}

// pad makes room for the focus ring of a field.
func ringed(o fyne.CanvasObject) fyne.CanvasObject { return widget.Pad(3, 3, o) }

// placed is a place with the words that say what for.
func placed(to *form.Place) fyne.CanvasObject {
	return widget.Column(theme.Half, widget.Caption(text.T("lock.backup.place")), to.View)
}
