//go:build linux

package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// xdndVersion is the version of the XDND specification (freedesktop.org) this source speaks.
const xdndVersion = 5

// dragSource is one drag from another program into a window.
type dragSource struct {
	c      *xgb.Conn
	self   xproto.Window
	target xproto.Window
	list   []byte
	atoms  map[string]xproto.Atom
}

// Drop drags files to a place in the window (pixels from its top left corner), as a file manager would: it offers a
// text/uri-list, is asked for it by the target, and returns when the target says that it has finished.
func (w *Window) Drop(ctx context.Context, x, y int, paths ...string) error {
	left, top, _, _, err := w.Bounds()
	if err != nil {
		return err
	}
	if err := w.d.Move(left+x, top+y); err != nil {
		return err
	}
	c, stop, err := w.d.listener(ctx)
	if err != nil {
		return err
	}
	defer stop()
	s := &dragSource{c: c, target: w.id, list: uriList(paths), atoms: map[string]xproto.Atom{}}
	if err := s.open(); err != nil {
		return fmt.Errorf("drag source: %w", err)
	}
	if err := s.drag(uint32(left+x)<<16 | uint32(top+y)); err != nil {
		return fmt.Errorf("drop %d paths: %w", len(paths), errors.Join(err, context.Cause(ctx)))
	}
	return nil
}

// open makes the window a drag comes from and takes the selection that carries it.
func (s *dragSource) open() (err error) {
	for _, name := range []string{"XdndAware", "XdndEnter", "XdndPosition", "XdndStatus", "XdndDrop", "XdndFinished",
		"XdndSelection", "XdndActionCopy", "text/uri-list"} {
		if s.atoms[name], err = atom(s.c, name); err != nil {
			return err
		}
	}
	p, err := xproto.GetProperty(s.c, false, s.target, s.atoms["XdndAware"], xproto.GetPropertyTypeAny, 0, 1).Reply()
	if err != nil {
		return err
	}
	if len(p.Value) == 0 {
		return errors.New("the window takes no drops (no XdndAware)")
	}
	if s.self, err = xproto.NewWindowId(s.c); err != nil {
		return err
	}
	screen := xproto.Setup(s.c).DefaultScreen(s.c)
	err = xproto.CreateWindowChecked(s.c, screen.RootDepth, s.self, screen.Root, -1, -1, 1, 1, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, 0, nil).Check()
	if err != nil {
		return err
	}
	return xproto.SetSelectionOwnerChecked(s.c, s.self, s.atoms["XdndSelection"], xproto.TimeCurrentTime).Check()
}

// drag plays the conversation: enter, position, status, drop, selection, finished.
func (s *dragSource) drag(place uint32) error {
	if err := s.say("XdndEnter", xdndVersion<<24, uint32(s.atoms["text/uri-list"])); err != nil {
		return err
	}
	if err := s.say("XdndPosition", 0, place, xproto.TimeCurrentTime, uint32(s.atoms["XdndActionCopy"])); err != nil {
		return err
	}
	status, err := s.hear("XdndStatus")
	if err != nil {
		return err
	}
	if status[1]&1 == 0 {
		return errors.New("the window refused the drag")
	}
	if err := s.say("XdndDrop", 0, xproto.TimeCurrentTime); err != nil {
		return err
	}
	_, err = s.hear("XdndFinished")
	return err
}

func (s *dragSource) say(kind string, data ...uint32) error {
	return send(s.c, s.target, s.atoms[kind], append([]uint32{uint32(s.self)}, data...)...)
}

// hear waits for a message of the target and answers its requests for the data meanwhile.
func (s *dragSource) hear(kind string) ([]uint32, error) {
	for {
		ev, err := s.c.WaitForEvent()
		if ev == nil && err == nil {
			return nil, fmt.Errorf("no %s came", kind)
		}
		switch ev := ev.(type) {
		case xproto.ClientMessageEvent:
			if ev.Type == s.atoms[kind] {
				return ev.Data.Data32, nil
			}
		case xproto.SelectionRequestEvent:
			if err := s.hand(ev); err != nil {
				return nil, err
			}
		}
	}
}

// hand gives the list to whoever asked and tells them where it lies.
func (s *dragSource) hand(ask xproto.SelectionRequestEvent) error {
	err := xproto.ChangePropertyChecked(s.c, xproto.PropModeReplace, ask.Requestor, ask.Property, ask.Target, 8,
		uint32(len(s.list)), s.list).Check()
	if err != nil {
		return fmt.Errorf("hand over the list: %w", err)
	}
	answer := xproto.SelectionNotifyEvent{Time: ask.Time, Requestor: ask.Requestor, Selection: ask.Selection,
		Target: ask.Target, Property: ask.Property}
	return xproto.SendEventChecked(s.c, false, ask.Requestor, xproto.EventMaskNoEvent, string(answer.Bytes())).Check()
}

// uriList writes absolute paths as text/uri-list (RFC 2483), every byte but the unreserved ones (RFC 3986) escaped.
func uriList(paths []string) []byte {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
	var list []byte
	for _, path := range paths {
		list = append(list, "file://"...)
		for _, b := range []byte(path) {
			if strings.IndexByte(unreserved, b) >= 0 {
				list = append(list, b)
			} else {
				list = fmt.Appendf(list, "%%%02X", b)
			}
		}
		list = append(list, "\r\n"...)
	}
	return list
}
