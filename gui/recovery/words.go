package recovery

import (
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/gui/widget"
)

// dictionary is the public list that sheets and shares are written in.
var dictionary = widget.Dictionary{Complete: slip39.Complete, Known: slip39.IsWord}

// wordCount is how many words a sheet or a share has.
const wordCount = slip39.RootWords
