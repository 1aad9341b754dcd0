package files

import "fyne.io/fyne/v2"

// flow puts objects side by side and goes on in the next line where the width
// ends, as words do. Its height follows from the width it was last given.
type flow struct {
	gap   float32
	width float32
}

func newFlow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &flow{gap: gap}, Objects: objects}
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.walk(objects, func(o fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		o.Resize(m)
		o.Move(at)
	})
}

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	f.walk(objects, func(_ fyne.CanvasObject, at fyne.Position, m fyne.Size) {
		size.Width = fyne.Max(size.Width, m.Width)
		size.Height = fyne.Max(size.Height, at.Y+m.Height)
	})
	return size
}

// walk calls place for every visible object with its place and size.
func (f *flow) walk(objects []fyne.CanvasObject, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) {
	line := float32(0) // height of the present line
	var at fyne.Position
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if f.width > 0 {
			m.Width = fyne.Min(m.Width, f.width)
		}
		if at.X > 0 && f.width > 0 && at.X+m.Width > f.width {
			at.X, at.Y, line = 0, at.Y+line+f.gap, 0
		}
		place(o, at, m)
		at.X += m.Width + f.gap
		line = fyne.Max(line, m.Height)
	}
}
