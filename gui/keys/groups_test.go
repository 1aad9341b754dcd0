package keys

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
	"cryptodesk/gui/text"
)

func (d *desk) SetGroup(_ context.Context, old string, g keyring.Group) error {
	if d.err != nil {
		return d.err
	}
	d.member = slices.DeleteFunc(d.member, func(o keyring.Group) bool { return o.Name == old })
	d.member = append(d.member, g)
	return nil
}

func (d *desk) DeleteGroup(_ context.Context, name string) error {
	d.member = slices.DeleteFunc(d.member, func(o keyring.Group) bool { return o.Name == name })
	return d.err
}

func (d *desk) CardCode(string) (image.Image, error) {
	img := image.NewGray(image.Rect(0, 0, 133, 133))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := 4; y < 129; y++ {
		for x := 4; x < 129; x++ {
			if (x*7+y*13+x*y)%3 == 0 {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img, d.err
}

func TestMakeAGroup(t *testing.T) {
	d := &desk{fake: &fake{contacts: []identity.Contact{person("Ana", "a"), person("Bo", "b"), person("Cho", "c")}}}
	s, w := stand(t, d)
	s.groups()
	wants(t, w, text.T("groups.empty"))
	press(t, w, "New group")
	press(t, w, "Save")
	wants(t, w, "Please type a name.")
	test.Type(w.Canvas().Focused(), "Family")
	press(t, w, "Save")
	wants(t, w, "Choose at least one contact.")
	test.Type(w.Canvas().Focused(), "cho") // the keyboard went to the search
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	test.Type(w.Canvas().Focused(), "an")
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	wants(t, w, "2 chosen")
	press(t, w, "Save")
	wants(t, w, "Family", "2 people")
	want := []string{person("Ana", "a").ID(), person("Cho", "c").ID()}
	if g := d.member[0]; g.Name != "Family" || !slices.Equal(g.Members, want) {
		t.Errorf("saved %+v", g)
	}
}

func TestChangeAndDeleteAGroup(t *testing.T) {
	ana, bo := person("Ana", "a"), person("Bo", "b")
	d := &desk{fake: &fake{contacts: []identity.Contact{ana, bo}, member: []keyring.Group{{Name: "Work", Members: []string{bo.ID()}}}}}
	s, w := stand(t, d)
	s.groups()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // the list has the keyboard
	wants(t, w, "Edit group", "1 chosen")
	e := pickRows(w)
	if e[0].name.Content() != "Bo" {
		t.Errorf("who is in it does not come first: %s", e[0].name.Content())
	}
	test.Tap(e[0])
	test.Tap(e[1])
	press(t, w, "Save")
	if g := d.member[0]; !slices.Equal(g.Members, []string{ana.ID()}) {
		t.Errorf("saved %+v", g)
	}
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	press(t, w, "Delete group")
	wants(t, w, "Delete the group Work?", "Its people stay")
	press(t, w, "Delete group")
	if len(d.member) > 0 {
		t.Error("the group is still there")
	}
}

func pickRows(w fyne.Window) []*pickRow {
	var rows []*pickRow
	walk(onScreen(w), func(o fyne.CanvasObject) {
		if r, ok := o.(*pickRow); ok {
			rows = append(rows, r)
		}
	})
	return rows
}

func TestGroupNameTaken(t *testing.T) {
	ana := person("Ana", "a")
	d := &desk{fake: &fake{contacts: []identity.Contact{ana}, err: fault.New(fault.NameTaken, "Ana", nil)}}
	s, w := stand(t, d)
	s.editGroup(keyring.Group{Name: "Ana", Members: []string{ana.ID()}})
	press(t, w, "Save")
	what, do := text.FaultOf(d.err)
	wants(t, w, what, do, "Save")
}

func TestAThousandContactsToChooseFrom(t *testing.T) {
	d := &desk{fake: &fake{}}
	for i := range 1000 {
		d.contacts = append(d.contacts, person(fmt.Sprintf("Person %03d", i), fmt.Sprint(i)))
	}
	s, w := stand(t, d)
	s.editGroup(keyring.Group{})
	if n := len(pickRows(w)); n == 0 || n > 20 {
		t.Errorf("%d rows are made for what can be seen", n)
	}
	test.Type(field(t, w, text.T("groups.search")), "person 777")
	if rows := pickRows(w); len(rows) != 1 || rows[0].name.Content() != "Person 777" {
		t.Errorf("the search finds %d", len(rows))
	}
}

func TestCodeIsCrisp(t *testing.T) {
	code, _ := (&desk{fake: &fake{}}).CardCode("")
	for _, size := range [][2]int{{133, 133}, {399, 399}, {480, 480}, {1000, 700}, {411, 1900}} {
		img := crisp(code, size[0], size[1]).(*image.Gray)
		module := min(size[0], size[1]) / 133
		left, top := (size[0]-133*module)/2, (size[1]-133*module)/2
		for y := range size[1] {
			for x := range size[0] {
				want := uint8(255)
				if mx, my := x-left, y-top; mx >= 0 && my >= 0 && mx < 133*module && my < 133*module {
					want = code.(*image.Gray).GrayAt(mx/module, my/module).Y
				}
				if got := img.GrayAt(x, y).Y; got != want {
					t.Fatalf("%v: pixel %d,%d is %d", size, x, y, got)
				}
			}
		}
	}
}

func TestCodeFitsTheWindow(t *testing.T) {
	d := &desk{fake: &fake{keys: []identity.Public{mina("Home")}}}
	s, w := stand(t, d)
	w.SetPadded(false)
	for _, size := range []fyne.Size{fyne.NewSize(720, 480), fyne.NewSize(960, 640), fyne.NewSize(1900, 1000)} {
		w.Resize(size)
		s.showCode(d.keys[0])
		var view *codeView
		walk(onScreen(w), func(o fyne.CanvasObject) {
			if v, ok := o.(*codeView); ok {
				view = v
			}
		})
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(view)
		if at.Y < 0 || at.Y+view.Size().Height > size.Height || at.X < 0 || at.X+view.Size().Width > size.Width {
			t.Errorf("%v: the picture is at %v, %v large", size, at, view.Size())
		}
		press(t, w, "Enlarge")
		walk(onScreen(w), func(o fyne.CanvasObject) {
			if v, ok := o.(*codeView); ok {
				view = v
			}
		})
		if module := int(fyne.Min(view.Size().Width, view.Size().Height)) / 133; module < leastModule {
			t.Errorf("%v: %d pixels a module, enlarged", size, module)
		}
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		wants(t, w, "Save picture…")
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.Canvas().Overlays().Top() != nil {
			t.Fatal("Esc does not close it")
		}
	}
}
