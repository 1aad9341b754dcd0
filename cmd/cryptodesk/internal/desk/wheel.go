//go:build linux

package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb/xproto"
)

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
	return p.turn(notches)
}

const again = 2 * time.Second

// Reveal turns the wheel in the middle of the window until a widget of the page is well between its edges.
func (p *Program) Reveal(ctx context.Context, id string) error {
	const head, foot = 40, 150
	x, y, width, height, err := p.Bounds()
	if err != nil {
		return err
	}
	if err := p.d.Move(x+width/2, y+height/2); err != nil {
		return err
	}
	for {
		was := p.State().At[id]
		notch := 0
		switch {
		case was[1]+was[3] > height-foot:
			notch = 1
		case was[1] < head:
			notch = -1
		default:
			return nil
		}
		if err := p.turn(notch); err != nil {
			return err
		}
		// A page that is laid out at that moment lets a notch pass; a person turns again.
		short, cancel := context.WithTimeout(ctx, again)
		err := p.Await(short, fmt.Sprintf("%s to move", id), func(now State) bool { return now.At[id] != was })
		cancel()
		if err != nil && short.Err() == nil || ctx.Err() != nil {
			return err
		}
	}
}

func (p *Program) turn(notches int) error {
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
