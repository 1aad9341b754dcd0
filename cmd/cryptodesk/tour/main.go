//go:build linux

// Command tour plays the main job of CryptoDesk on a virtual display, as somebody would who sees it for the first time:
// a name and a passphrase typed, a file dropped, Encrypt, the result dropped back in another folder, Open, and the same
// file opened once more by the stock age program. It keeps a picture of every step, and ends with 0 only when the bytes
// of all three files are equal.
//
// It owns that story and nothing else: it may import desk, and the program it plays is the one that was built.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// patience bounds the whole story; it takes seconds, unless the machine is very busy.
const patience = 3 * time.Minute

const (
	owner      = "Ada Lovelace"
	passphrase = "Correct horse, battery staple 7!" // of a profile that lives for a minute
)

func main() {
	program := flag.String("program", "build/cryptodesk", "the program to play")
	age := flag.String("age", "build/age", "the stock age program")
	out := flag.String("out", "build/tour", "folder for the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("nothing more happened"))
	defer cancel()
	if err := run(ctx, *program, *age, *out); err != nil {
		stop()
		fmt.Fprintf(os.Stderr, "tour: %v\n", err)
		os.Exit(1)
	}
}

// tour is one telling of the story.
type tour struct {
	ctx   context.Context
	p     *desk.Program
	out   string
	steps int
}

// snap keeps the picture of a step and says so.
func (t *tour) snap(step string) error {
	t.steps++
	path := filepath.Join(t.out, fmt.Sprintf("%02d-%s.png", t.steps, step))
	if err := t.p.Shot(t.ctx, path); err != nil {
		return fmt.Errorf("picture of %s: %w", step, err)
	}
	fmt.Println("  " + path)
	return nil
}

func run(ctx context.Context, program, age, out string) (err error) {
	for _, path := range []*string{&program, &age} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
		if _, err := os.Stat(*path); err != nil {
			return fmt.Errorf("%w: build it first with `make tour`", err)
		}
	}
	home, err := os.MkdirTemp("", "tour-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	d, err := desk.Open(ctx)
	if err != nil {
		return fmt.Errorf("virtual display: %w", err)
	}
	defer d.Close()
	profile := filepath.Join(home, "profile")
	p, err := d.Start(ctx, program, home, "--home", profile)
	if err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	defer p.Kill()
	t := &tour{ctx: ctx, p: p, out: out}
	if err := t.play(home, profile, age); err != nil {
		t.ctx = context.WithoutCancel(ctx) // the story's own time may be over
		return errors.Join(err, t.snap("failed"))
	}
	fmt.Printf("The job was done: encrypted, opened, opened by stock age, equal bytes each time. %d pictures in %s\n", t.steps, out)
	return nil
}

// play tells the story in a home folder.
func (t *tour) play(home, profile, age string) error {
	original, err := letter(filepath.Join(home, "Documents", "Letter to Charles.txt"))
	if err != nil {
		return err
	}
	if err := t.p.FirstRun(t.ctx, owner, passphrase, true, t.snap); err != nil {
		return fmt.Errorf("first run: %w", err)
	}
	if err := t.snap("files"); err != nil {
		return err
	}
	if err := t.job("encrypt", original); err != nil {
		return err
	}
	sealed := original + ".age"
	if err := desk.AwaitFile(t.ctx, sealed); err != nil {
		return fmt.Errorf("the encrypted file: %w", err)
	}
	moved := filepath.Join(home, "Inbox", filepath.Base(sealed))
	if err := errors.Join(os.Mkdir(filepath.Dir(moved), 0o755), os.Rename(sealed, moved)); err != nil {
		return err
	}
	if err := t.job("open", moved); err != nil {
		return err
	}
	opened := filepath.Join(filepath.Dir(moved), filepath.Base(original))
	if err := desk.AwaitFile(t.ctx, opened); err != nil {
		return fmt.Errorf("the opened file: %w", err)
	}
	if err := equal(original, opened); err != nil {
		return err
	}
	if code, err := t.p.Quit(t.ctx); err != nil || code != 0 {
		return errors.Join(fmt.Errorf("the program ended with %d", code), err)
	}
	stock := filepath.Join(home, "opened by age.txt")
	if err := desk.StockOpen(t.ctx, age, filepath.Join(profile, "keyring.age"), passphrase, moved, stock); err != nil {
		return fmt.Errorf("open with stock age: %w", err)
	}
	return equal(original, stock)
}

// job drops a path, shows the plan, and lets it run.
func (t *tour) job(name, path string) error {
	if err := t.p.Bring(t.ctx, path); err != nil {
		return fmt.Errorf("%s: drop: %w", name, err)
	}
	if err := t.snap(name + "-plan"); err != nil {
		return err
	}
	if err := t.p.Run(t.ctx); err != nil {
		return fmt.Errorf("%s: run: %w", name, err)
	}
	return t.snap(name + "-done")
}

// letter writes a file with a line of text and bytes that differ each time.
func letter(path string) (string, error) {
	secret := make([]byte, 200_000)
	for i := range secret {
		secret[i] = byte(rand.Uint32())
	}
	text := append([]byte("Dear Charles,\n"), secret...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, text, 0o644)
}

// equal compares two files byte by byte.
func equal(want, got string) error {
	a, err := os.ReadFile(want)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(got)
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("%s (%d bytes) does not hold the bytes of %s (%d)", got, len(b), want, len(a))
	}
	return nil
}
