package recovery

import (
	"cryptodesk/assets"
	"cryptodesk/engine/recovery"
	"cryptodesk/gui/text"
)

// labels are the words of what is printed, in the language of the window.
func labels() recovery.Labels {
	return recovery.Labels{Language: string(text.Current()), Regular: assets.Font("Regular"), Bold: assets.Font("SemiBold"), T: text.T}
}
