//go:build linux

package desk

import (
	"context"
	"fmt"
	"strings"
)

// Snap is called after each step of a story, to keep a picture of it.
type Snap func(step string) error

// FirstRun answers the questions of the first start with the keyboard: a name, one's own passphrase twice, and whether
// a backup is made now or a way back in is put off.
func (p *Program) FirstRun(ctx context.Context, name, passphrase string, backup bool, snap Snap) error {
	steps := []struct {
		screen string
		play   func() error
	}{
		{"lock.name", func() error { return p.Rewrite(ctx, "lock.name", name) }},
		{"lock.passphrase", func() error {
			if err := snap("lock.words"); err != nil {
				return err
			}
			if err := p.TapAt(ctx, "lock.mode", 0.75); err != nil {
				return err
			}
			return p.Fill(ctx, "lock.passphrase", passphrase)
		}},
		{"lock.again", func() error { return p.Fill(ctx, "lock.again", passphrase) }},
	}
	for _, step := range steps {
		if err := p.Screen(ctx, step.screen); err != nil {
			return err
		}
		if err := step.play(); err != nil {
			return fmt.Errorf("%s: %w", step.screen, err)
		}
		if err := snap(step.screen); err != nil {
			return err
		}
		if err := p.Press("Return"); err != nil {
			return err
		}
	}
	return p.wayBack(ctx, backup, snap)
}

// wayBack is the last step of the first run: a backup file under a passphrase of its own, or later.
func (p *Program) wayBack(ctx context.Context, backup bool, snap Snap) error {
	if err := p.Screen(ctx, "way.choose"); err != nil {
		return err
	}
	if err := snap("way.choose"); err != nil {
		return err
	}
	if !backup {
		if err := p.Tap(ctx, "way.later"); err != nil {
			return err
		}
		return p.Screen(ctx, "files")
	}
	if err := p.Tap(ctx, "way.backup"); err != nil {
		return err
	}
	if err := p.Tap(ctx, "way.next"); err != nil {
		return err
	}
	if err := p.MakeBackup(ctx, "way.next", BackupPassphrase, snap); err != nil {
		return err
	}
	if err := p.Screen(ctx, "way.done"); err != nil {
		return err
	}
	if err := snap("way.done"); err != nil {
		return err
	}
	if err := p.Tap(ctx, "way.next"); err != nil {
		return err
	}
	return p.Screen(ctx, "files")
}

// BackupPassphrase is that of the backup a first run makes.
const BackupPassphrase = "another one, for the backup"

// MakeBackup gives a backup one's own passphrase, where one is asked for it, and lets it be written by the button do.
func (p *Program) MakeBackup(ctx context.Context, do, passphrase string, snap Snap) error {
	if err := p.TapAt(ctx, "fresh.mode", 0.75); err != nil {
		return err
	}
	for _, field := range []string{"fresh.field", "fresh.again"} {
		if err := p.Fill(ctx, field, passphrase); err != nil {
			return err
		}
	}
	if err := snap("backup"); err != nil {
		return err
	}
	return p.Tap(ctx, do)
}

// Unlock types the passphrase of a profile that is locked.
func (p *Program) Unlock(ctx context.Context, passphrase string) error {
	if err := p.Locked(ctx); err != nil {
		return err
	}
	if err := p.Type(passphrase + "\n"); err != nil {
		return err
	}
	return p.Await(ctx, "a screen behind the lock", func(s State) bool { return !strings.HasPrefix(s.Screen, "lock.") })
}

// Locked waits for the lock screen with the keyboard in its field.
func (p *Program) Locked(ctx context.Context) error {
	return p.Await(ctx, "the passphrase field to have the keyboard", func(s State) bool {
		return s.Screen == "lock.unlock" && s.Focus == "lock.passphrase" && s.Ready("lock.passphrase")
	})
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

// Run presses the one button of the plan, waits for the end of the job, and wants every row done.
func (p *Program) Run(ctx context.Context) error {
	before := p.Events("job.done")
	if err := p.Tap(ctx, "plan.go"); err != nil {
		return err
	}
	done, err := p.Event(ctx, "job.done", before)
	if err != nil {
		return err
	}
	if done["failed"] != 0.0 {
		return fmt.Errorf("%v of %v rows failed", done["failed"], done["rows"])
	}
	return p.Await(ctx, "the results", func(s State) bool { return strings.HasPrefix(s.Screen, "files.") && s.Screen != "files.run" })
}
