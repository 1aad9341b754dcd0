//go:build !ci

package presence

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// Input calls touched, on the UI goroutine, for every key, character, click,
// scroll and pointer motion that the window gets, whatever is shown in it: a
// screen, a sheet, a dialog of the toolkit's. What the program does by itself,
// an animation say, does not call it. It answers false where that is not
// possible. Call it once, on the UI goroutine, after the window was shown.
//
// The toolkit has no such door: its widgets see only what is meant for them.
// So the hooks of the library below it, which the toolkit has set, are kept and
// ours put before them. glfw drops a motion to where the pointer was already.
func Input(w fyne.Window, touched func()) bool {
	native, ok := w.(interface{ RunWithContext(func()) })
	if !ok {
		return false
	}
	var view *glfw.Window
	native.RunWithContext(func() { view = glfw.GetCurrentContext() })
	if view == nil {
		return false
	}
	key := view.SetKeyCallback(nil)
	view.SetKeyCallback(func(v *glfw.Window, k glfw.Key, code int, a glfw.Action, m glfw.ModifierKey) {
		touched()
		key(v, k, code, a, m)
	})
	char := view.SetCharCallback(nil)
	view.SetCharCallback(func(v *glfw.Window, r rune) { touched(); char(v, r) })
	button := view.SetMouseButtonCallback(nil)
	view.SetMouseButtonCallback(func(v *glfw.Window, b glfw.MouseButton, a glfw.Action, m glfw.ModifierKey) {
		touched()
		button(v, b, a, m)
	})
	motion := view.SetCursorPosCallback(nil)
	view.SetCursorPosCallback(func(v *glfw.Window, x, y float64) { touched(); motion(v, x, y) })
	scroll := view.SetScrollCallback(nil)
	view.SetScrollCallback(func(v *glfw.Window, x, y float64) { touched(); scroll(v, x, y) })
	return true
}
