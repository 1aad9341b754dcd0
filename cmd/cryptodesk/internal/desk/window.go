//go:build linux

package desk

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Window is a mapped top window of a program.
type Window struct {
	d  *Display
	id xproto.Window
}

// Window waits until a process has a mapped window.
func (d *Display) Window(ctx context.Context, pid int) (*Window, error) {
	c, stop, err := d.listener(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	// Ask for news first and look around second, so that no window slips between.
	mask := []uint32{xproto.EventMaskSubstructureNotify}
	if err := xproto.ChangeWindowAttributesChecked(c, d.root, xproto.CwEventMask, mask).Check(); err != nil {
		return nil, err
	}
	owner, err := atom(c, "_NET_WM_PID")
	if err != nil {
		return nil, err
	}
	tree, err := xproto.QueryTree(c, d.root).Reply()
	if err != nil {
		return nil, err
	}
	for _, id := range tree.Children {
		if mapped(c, id) && ownedBy(c, owner, id, pid) {
			return &Window{d, id}, nil
		}
	}
	for {
		ev, err := c.WaitForEvent()
		if ev == nil && err == nil {
			return nil, fmt.Errorf("no window of process %d: %w", pid, context.Cause(ctx))
		}
		if m, ok := ev.(xproto.MapNotifyEvent); ok && ownedBy(c, owner, m.Window, pid) {
			return &Window{d, m.Window}, nil
		}
	}
}

// listener is a connection of its own for one wait, so that its events meet nobody else's; it ends with the context.
func (d *Display) listener(ctx context.Context) (*xgb.Conn, func(), error) {
	c, err := xgb.NewConnDisplay(d.Name)
	if err != nil {
		return nil, nil, fmt.Errorf("talk to %s: %w", d.Name, err)
	}
	unhook := context.AfterFunc(ctx, c.Close)
	return c, func() {
		if unhook() {
			c.Close()
		}
	}, nil
}

func mapped(c *xgb.Conn, id xproto.Window) bool {
	a, err := xproto.GetWindowAttributes(c, id).Reply()
	return err == nil && a.MapState == xproto.MapStateViewable
}

func ownedBy(c *xgb.Conn, property xproto.Atom, id xproto.Window, pid int) bool {
	p, err := xproto.GetProperty(c, false, id, property, xproto.AtomCardinal, 0, 1).Reply()
	return err == nil && len(p.Value) == 4 && binary.LittleEndian.Uint32(p.Value) == uint32(pid)
}

// Focus gives the window the keyboard; without a window manager nobody else does.
func (w *Window) Focus() error {
	return xproto.SetInputFocusChecked(w.d.conn, xproto.InputFocusPointerRoot, w.id, xproto.TimeCurrentTime).Check()
}

// Bounds says where the window is on the screen, in pixels.
func (w *Window) Bounds() (x, y, width, height int, err error) {
	g, err := xproto.GetGeometry(w.d.conn, xproto.Drawable(w.id)).Reply()
	if err != nil {
		return 0, 0, 0, 0, fmt.Errorf("window geometry: %w", err)
	}
	at, err := xproto.TranslateCoordinates(w.d.conn, w.id, w.d.root, 0, 0).Reply()
	if err != nil {
		return 0, 0, 0, 0, fmt.Errorf("window position: %w", err)
	}
	return int(at.DstX), int(at.DstY), int(g.Width), int(g.Height), nil
}

// Resize asks for a size of the window's inside, in pixels, as dragging its corner would.
func (w *Window) Resize(width, height int) error {
	size := []uint32{uint32(width), uint32(height)}
	return xproto.ConfigureWindowChecked(w.d.conn, w.id, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, size).Check()
}

// Close asks the program to close the window, as its close button would.
func (w *Window) Close() error {
	protocols, err := atom(w.d.conn, "WM_PROTOCOLS")
	if err != nil {
		return err
	}
	remove, err := atom(w.d.conn, "WM_DELETE_WINDOW")
	if err != nil {
		return err
	}
	return send(w.d.conn, w.id, protocols, uint32(remove), xproto.TimeCurrentTime)
}

// send delivers a client message of up to five numbers.
func send(c *xgb.Conn, to xproto.Window, kind xproto.Atom, data ...uint32) error {
	data = append(data, make([]uint32, 5-len(data))...)
	ev := xproto.ClientMessageEvent{Format: 32, Window: to, Type: kind, Data: xproto.ClientMessageDataUnionData32New(data)}
	return xproto.SendEventChecked(c, false, to, xproto.EventMaskNoEvent, string(ev.Bytes())).Check()
}
