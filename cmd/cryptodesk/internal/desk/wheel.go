//go:build linux

package desk

import "github.com/jezek/xgb/xproto"

// Wheel turns the wheel over the middle of a widget: down by that many notches, or up when negative.
func (p *Program) Wheel(id string, notches int) error {
	x, y, _, _, err := p.Bounds()
	if err != nil {
		return err
	}
	at := p.State().At[id]
	if err := p.d.Move(x+at[0]+at[2]/2, y+at[1]+at[3]/2); err != nil {
		return err
	}
	button := byte(5)
	if notches < 0 {
		button, notches = 4, -notches
	}
	for range notches {
		if err := p.d.fake(xproto.ButtonPress, button, 0, 0); err != nil {
			return err
		}
		if err := p.d.fake(xproto.ButtonRelease, button, 0, 0); err != nil {
			return err
		}
	}
	return nil
}
