package widget

import (
	"weak"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/gui/theme"
)

// followers are the scrolls that move with the keyboard. They are held weakly:
// a screen that is gone takes its scroll with it.
var followers []weak.Pointer[container.Scroll]

// FollowFocus makes a vertical scroll of content that moves so that the widget
// of ours which has the keyboard can be seen. Widgets are found through
// containers, not inside other widgets.
func FollowFocus(content fyne.CanvasObject) *container.Scroll {
	s := container.NewVScroll(content)
	kept := followers[:0]
	for _, f := range followers {
		if f.Value() != nil {
			kept = append(kept, f)
		}
	}
	followers = append(kept, weak.Make(s))
	return s
}

// follow is called by a widget that gained the keyboard.
func follow(o fyne.CanvasObject) { followPart(o, 0, o.Size().Height) }

// followPart is follow for a large widget with the keyboard on a part of it.
func followPart(o fyne.CanvasObject, y, height float32) {
	for _, f := range followers {
		if s := f.Value(); s != nil && s.Visible() {
			if top, found := topIn(s.Content, o); found {
				reveal(s, top+y, height)
			}
		}
	}
}

// topIn is how far below the top of tree the object lies.
func topIn(tree, o fyne.CanvasObject) (float32, bool) {
	if tree == o {
		return 0, true
	}
	c, ok := tree.(*fyne.Container)
	if !ok || !c.Visible() {
		return 0, false
	}
	for _, child := range c.Objects {
		if top, found := topIn(child, o); found {
			return top + child.Position().Y, true
		}
	}
	return 0, false
}

// reveal scrolls no further than needed, and leaves room for the focus ring.
func reveal(s *container.Scroll, top, height float32) {
	const room = theme.Gap
	view := s.Size().Height
	switch {
	case top-room < s.Offset.Y:
		s.ScrollToOffset(fyne.NewPos(0, max(0, top-room)))
	case top+height+room > s.Offset.Y+view:
		s.ScrollToOffset(fyne.NewPos(0, top+height+room-view))
	}
}
