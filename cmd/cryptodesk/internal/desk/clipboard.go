//go:build linux

package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Clipboard is the text on the clipboard, "" when there is none, as a program asks for it that pastes.
func (d *Display) Clipboard(ctx context.Context) (string, error) {
	c, stop, err := d.listener(ctx)
	if err != nil {
		return "", err
	}
	defer stop()
	self, err := corner(c)
	if err != nil {
		return "", err
	}
	names := map[string]xproto.Atom{}
	for _, name := range []string{"CLIPBOARD", "UTF8_STRING", "DESK_PASTE"} {
		if names[name], err = atom(c, name); err != nil {
			return "", err
		}
	}
	err = xproto.ConvertSelectionChecked(c, self, names["CLIPBOARD"], names["UTF8_STRING"], names["DESK_PASTE"], xproto.TimeCurrentTime).Check()
	if err != nil {
		return "", err
	}
	for {
		ev, gone := c.WaitForEvent()
		if ev == nil {
			return "", fmt.Errorf("paste: %w", errors.Join(gone, context.Cause(ctx)))
		}
		answer, ok := ev.(xproto.SelectionNotifyEvent)
		if !ok {
			continue
		}
		if answer.Property == xproto.AtomNone {
			return "", nil
		}
		p, err := xproto.GetProperty(c, true, self, answer.Property, xproto.GetPropertyTypeAny, 0, 1<<20).Reply()
		if err != nil {
			return "", err
		}
		return string(p.Value), nil
	}
}

// TakeClipboard owns the clipboard, as another program does in which somebody copied. asked says how often the
// program tried to read it since; lost, whether it was taken or emptied.
func (d *Display) TakeClipboard(ctx context.Context) (asked func() (times int, lost bool, err error), err error) {
	c, _, err := d.listener(ctx)
	if err != nil {
		return nil, err
	}
	self, err := corner(c)
	if err != nil {
		return nil, err
	}
	clipboard, err := atom(c, "CLIPBOARD")
	if err != nil {
		return nil, err
	}
	if err := xproto.SetSelectionOwnerChecked(c, self, clipboard, xproto.TimeCurrentTime).Check(); err != nil {
		return nil, err
	}
	times := 0
	return func() (int, bool, error) {
		owner, err := xproto.GetSelectionOwner(c, clipboard).Reply() // the answer comes after all earlier events
		if err != nil {
			return 0, false, err
		}
		for {
			ev, wrong := c.PollForEvent()
			if wrong != nil {
				return 0, false, wrong
			}
			if ev == nil {
				return times, owner.Owner != self, nil
			}
			if _, ok := ev.(xproto.SelectionRequestEvent); ok {
				times++
			}
		}
	}, nil
}

// corner makes a window that nobody sees.
func corner(c *xgb.Conn) (xproto.Window, error) {
	self, err := xproto.NewWindowId(c)
	if err != nil {
		return 0, err
	}
	screen := xproto.Setup(c).DefaultScreen(c)
	return self, xproto.CreateWindowChecked(c, screen.RootDepth, self, screen.Root, -1, -1, 1, 1, 0,
		xproto.WindowClassInputOutput, screen.RootVisual, 0, nil).Check()
}
