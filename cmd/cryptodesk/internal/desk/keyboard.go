//go:build linux

package desk

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Keysyms of keys that have no character (X11/keysymdef.h).
var named = map[string]xproto.Keysym{
	"Return": 0xff0d, "Escape": 0xff1b, "Tab": 0xff09, "BackSpace": 0xff08, "Delete": 0xffff, "Space": ' ',
	"Home": 0xff50, "Left": 0xff51, "Up": 0xff52, "Right": 0xff53, "Down": 0xff54, "End": 0xff57,
	"Comma": 0x2c, "Prior": 0xff55, "Next": 0xff56, "Shift": 0xffe1, "Ctrl": 0xffe3, "Alt": 0xffe9,
}

// stroke is one key of the keyboard, with or without Shift.
type stroke struct {
	code  xproto.Keycode
	shift bool
}

// keyboard is the server's key map: which key writes which keysym.
type keyboard struct {
	strokes map[xproto.Keysym]stroke
	spare   []xproto.Keycode // keys that write nothing yet
	columns byte
}

func (k *keyboard) load(c *xgb.Conn) error {
	setup := xproto.Setup(c)
	first, n := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)
	m, err := xproto.GetKeyboardMapping(c, first, n).Reply()
	if err != nil {
		return fmt.Errorf("read the key map: %w", err)
	}
	k.columns, k.strokes, k.spare = m.KeysymsPerKeycode, map[xproto.Keysym]stroke{}, nil
	for i := range int(n) {
		row := m.Keysyms[i*int(k.columns) : (i+1)*int(k.columns)]
		code := first + xproto.Keycode(i)
		free := true
		for column, sym := range row {
			free = free && sym == 0
			if _, known := k.strokes[sym]; sym != 0 && column < 2 && !known {
				k.strokes[sym] = stroke{code, column == 1}
			}
		}
		if free {
			k.spare = append(k.spare, code)
		}
	}
	return nil
}

// keysym of a character: Latin-1 stands for itself, everything else is 0x01000000 + code point.
func keysym(r rune) xproto.Keysym {
	switch {
	case r == '\n':
		return named["Return"]
	case r == '\t':
		return named["Tab"]
	case r >= ' ' && r <= 0xff:
		return xproto.Keysym(r)
	}
	return xproto.Keysym(0x01000000 + r)
}

// find returns the key that writes a keysym, and puts it on a spare key when the layout has none.
func (k *keyboard) find(c *xgb.Conn, sym xproto.Keysym) (stroke, error) {
	if s, ok := k.strokes[sym]; ok {
		return s, nil
	}
	if len(k.spare) == 0 {
		return stroke{}, fmt.Errorf("no key left for keysym %#x", sym)
	}
	code := k.spare[0]
	row := make([]xproto.Keysym, k.columns)
	for i := range row {
		row[i] = sym
	}
	if err := xproto.ChangeKeyboardMappingChecked(c, 1, code, k.columns, row).Check(); err != nil {
		return stroke{}, fmt.Errorf("put keysym %#x on a key: %w", sym, err)
	}
	k.spare, k.strokes[sym] = k.spare[1:], stroke{code: code}
	return k.strokes[sym], nil
}

// Teach puts characters that the layout lacks, such as Hangul, on spare keys. Do it before the program starts: a program
// reads the layout when it opens its display.
func (d *Display) Teach(text string) error {
	for _, r := range text {
		if _, err := d.keys.find(d.conn, keysym(r)); err != nil {
			return err
		}
	}
	return nil
}

// Type presses the keys that write text, one after the other, as a person would.
func (d *Display) Type(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("not text: %q", text)
	}
	for _, r := range text {
		s, err := d.keys.find(d.conn, keysym(r))
		if err != nil {
			return err
		}
		held := []xproto.Keycode{s.code}
		if s.shift {
			held = []xproto.Keycode{d.keys.strokes[named["Shift"]].code, s.code}
		}
		if err := d.chord(held); err != nil {
			return err
		}
	}
	return nil
}

// Press presses a key or a combination: "Return", "Ctrl+L", "Shift+Tab".
func (d *Display) Press(combination string) error {
	var held []xproto.Keycode
	for _, name := range strings.Split(combination, "+") {
		sym, ok := named[name]
		if !ok {
			r, size := utf8.DecodeRuneInString(strings.ToLower(name))
			if size != len(name) {
				return fmt.Errorf("no key named %q", name)
			}
			sym = keysym(r)
		}
		s, err := d.keys.find(d.conn, sym)
		if err != nil {
			return err
		}
		held = append(held, s.code)
	}
	return d.chord(held)
}

// chord presses keys in order and releases them in reverse.
func (d *Display) chord(codes []xproto.Keycode) error {
	for _, code := range codes {
		if err := d.fake(xproto.KeyPress, byte(code), 0, 0); err != nil {
			return err
		}
	}
	for i := range codes {
		if err := d.fake(xproto.KeyRelease, byte(codes[len(codes)-1-i]), 0, 0); err != nil {
			return err
		}
	}
	return nil
}

// Move puts the pointer at a place on the screen, in pixels.
func (d *Display) Move(x, y int) error { return d.fake(xproto.MotionNotify, 0, x, y) }

// Click moves the pointer and presses its first button.
func (d *Display) Click(x, y int) error {
	if err := d.Move(x, y); err != nil {
		return err
	}
	if err := d.fake(xproto.ButtonPress, 1, 0, 0); err != nil {
		return err
	}
	return d.fake(xproto.ButtonRelease, 1, 0, 0)
}

// fake lets the server make one input event, exactly as if a device had.
func (d *Display) fake(kind, detail byte, x, y int) error {
	err := xtest.FakeInputChecked(d.conn, kind, detail, xproto.TimeCurrentTime, d.root, int16(x), int16(y), 0).Check()
	if err != nil {
		return fmt.Errorf("input event %d: %w", kind, err)
	}
	return nil
}
