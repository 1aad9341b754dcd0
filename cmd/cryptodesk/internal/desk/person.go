//go:build linux

package desk

import (
	"context"
	"fmt"
)

// Snap is called after each step of a story, to keep a picture of it.
type Snap func(step string) error

// FirstRun answers the questions of the first start with the keyboard: a name, an own passphrase twice, later.
func (p *Program) FirstRun(ctx context.Context, name, passphrase string, snap Snap) error {
	steps := []struct {
		screen string
		play   func() error
	}{
		{"first.name", func() error { return p.Rewrite(ctx, "first.name", name) }},
		{"first.passphrase", func() error {
			if err := p.Tap(ctx, "first.own"); err != nil {
				return err
			}
			return p.Fill(ctx, "first.choose", passphrase)
		}},
		{"first.again", func() error { return p.Fill(ctx, "first.again", passphrase) }},
		{"first.backup", func() error { return p.Tap(ctx, "first.later") }},
	}
	for _, step := range steps {
		if err := p.Screen(ctx, step.screen); err != nil {
			return err
		}
		if err := step.play(); err != nil {
			return fmt.Errorf("%s: %w", step.screen, err)
		}
		if step.screen == "first.backup" {
			continue
		}
		if err := snap(step.screen); err != nil {
			return err
		}
		if err := p.Press("Return"); err != nil {
			return err
		}
	}
	return p.Screen(ctx, "files")
}

// Unlock types the passphrase of a profile that is locked.
func (p *Program) Unlock(ctx context.Context, passphrase string) error {
	if err := p.Screen(ctx, "lock"); err != nil {
		return err
	}
	if err := p.Await(ctx, "the passphrase field to have the keyboard", func(s State) bool { return s.Focus == "lock.passphrase" }); err != nil {
		return err
	}
	if err := p.Type(passphrase + "\n"); err != nil {
		return err
	}
	return p.Screen(ctx, "files")
}

// Bring drops paths onto the middle of the window and waits for the plan.
func (p *Program) Bring(ctx context.Context, paths ...string) error {
	_, _, width, height, err := p.Bounds()
	if err != nil {
		return err
	}
	if err := p.Drop(ctx, width/2, height/2, paths...); err != nil {
		return err
	}
	return p.Screen(ctx, "files.plan")
}

// Go presses the one button of the plan and waits for the results.
func (p *Program) Go(ctx context.Context) error {
	if err := p.Tap(ctx, "plan.go"); err != nil {
		return err
	}
	return p.Screen(ctx, "files.done")
}
