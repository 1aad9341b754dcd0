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
	helper := clipboardHelper()
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
	b, err := secret.ReadAll(pipe, pasteLimit)
	if err != nil { // too much: end the helper, keep nothing
		cancel()
	}
	if cmd.Wait() != nil || err != nil || b.Len() == 0 {
		b.Destroy()
		return nil, nothingToPaste
	}
	return b, pasted
}

func clipboardHelper() []string {
	candidates := [][]string{
		{"xclip", "-o", "-selection", "clipboard"},
		{"xsel", "--clipboard", "--output"},
	}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		candidates = append([][]string{{"wl-paste", "--no-newline"}}, candidates...)
	}
	for _, c := range candidates {
		if path, err := exec.LookPath(c[0]); err == nil {
			return append([]string{path}, c[1:]...)
		}
	}
	return nil
}
