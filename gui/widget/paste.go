package widget

import (
	"context"
	"os"
	"os/exec"
	"time"
	"unicode/utf8"

	"cryptodesk/engine/secret"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
)

// pasteResult says how pasting ended.
type pasteResult int

const (
	pasted pasteResult = iota
	noHelper
	nothingToPaste
)

// pasteLimit bounds the clipboard: a passphrase has at most as many bytes.
const pasteLimit = 1024

// pasteTime bounds the wait for whoever owns the clipboard.
const pasteTime = 3 * time.Second

// Paste adds the clipboard's text. The toolkit's own way leaves five copies in
// memory, so a helper's pipe is read straight into guarded memory; without a
// helper the hint says so.
func (f *PassphraseField) Paste() {
	if f.disabled {
		return
	}
	var b *secret.Buffer
	var result pasteResult
	cross.Go(func() { b, result = f.paste() }, func() {
		defer b.Destroy()
		switch result {
		case noHelper:
			f.notice = text.T("passphrase.paste.none")
		case nothingToPaste:
			f.notice = text.T("passphrase.paste.empty")
		default:
			f.notice = ""
			f.appendBytes(b.Bytes())
		}
		f.changed()
	})
}

// appendBytes adds UTF-8 text without its last line break.
func (f *PassphraseField) appendBytes(b []byte) {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if !f.text.Append(r) {
			f.notice = text.T("passphrase.full")
			return
		}
		b = b[size:]
	}
}

// pasteFromHelper runs the first clipboard helper there is.
func pasteFromHelper() (*secret.Buffer, pasteResult) {
	return readHelper(clipboardHelper(""), pasteLimit)
}

// ReadClipboard reads the clipboard, which may hold a private key, through a
// helper's pipe straight into guarded memory: its text, or else the picture in
// it. The caller owns the buffer, which is nil when there is nothing, or more
// than limit bytes. helper says whether there is a program to ask at all. It
// blocks for some seconds at most; for a worker's goroutine.
func ReadClipboard(limit int) (b *secret.Buffer, helper bool) {
	for _, kind := range []string{"", "image/png"} {
		b, result := readHelper(clipboardHelper(kind), limit)
		if result == pasted {
			return b, true
		}
		helper = helper || result != noHelper
	}
	return nil, helper
}

// readHelper runs a clipboard helper.
func readHelper(helper []string, limit int) (*secret.Buffer, pasteResult) {
	if helper == nil {
		return nil, noHelper
	}
	ctx, cancel := context.WithTimeout(context.Background(), pasteTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, helper[0], helper[1:]...)
	pipe, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return nil, nothingToPaste
	}
	b, err := secret.ReadAll(pipe, limit)
	if err != nil { // too much: end the helper, keep nothing
		cancel()
	}
	if cmd.Wait() != nil || err != nil || b.Len() == 0 {
		b.Destroy()
		return nil, nothingToPaste
	}
	return b, pasted
}

// clipboardHelper is the command that writes what the clipboard holds of a
// kind, a MIME type or "" for text; nil without one.
func clipboardHelper(kind string) []string {
	x, wayland := []string{"xclip", "-o", "-selection", "clipboard"}, []string{"wl-paste", "--no-newline"}
	candidates := [][]string{x}
	if kind == "" {
		candidates = append(candidates, []string{"xsel", "--clipboard", "--output"})
	} else {
		candidates[0] = append(x, "-t", kind)
		wayland = append(wayland, "--type", kind)
	}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		candidates = append([][]string{wayland}, candidates...)
	}
	for _, c := range candidates {
		if path, err := exec.LookPath(c[0]); err == nil {
			return append([]string{path}, c[1:]...)
		}
	}
	return nil
}
