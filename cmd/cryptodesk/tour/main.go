//go:build linux

// Command tour plays the main job of CryptoDesk on a virtual display, as somebody would who sees it for the first time:
// a name and a passphrase typed, a file and a folder dropped, Encrypt, the results dropped back in another place, Open,
// and the same opened once more by the stock age program. It keeps a picture of every step, and ends with 0 only when
// the bytes are equal each time.
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
	"os/exec"
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
	theme := flag.String("theme", "", "light or dark; otherwise as the desktop says")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("nothing more happened"))
	defer cancel()
	if err := run(ctx, *program, *age, *out, *theme); err != nil {
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

func run(ctx context.Context, program, age, out, theme string) (err error) {
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
	if err := choose(profile, theme); err != nil {
		return err
	}
	p, err := d.Start(ctx, program, home, "--home", profile)
	if err != nil {
		return fmt.Errorf("start the program: %w", err)
	}
	defer p.Kill()
	t := &tour{ctx: ctx, p: p, out: out}
	if err := t.play(home, profile, age); err != nil {
		t.ctx = context.WithoutCancel(ctx) // the story's own time may be over
		if t.snap("failed") != nil {
			return fmt.Errorf("%w (and there is no window left to take a picture of)", err)
		}
		return err
	}
	fmt.Printf("The job was done: encrypted, opened, opened by stock age, equal bytes each time. %d pictures in %s\n", t.steps, out)
	return nil
}

// choose writes the window's settings, as its Settings screen would, when a theme is wanted.
func choose(profile, theme string) error {
	if theme == "" {
		return nil
	}
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(profile, "window.json"), fmt.Appendf(nil, `{"theme":%q}`, theme), 0o600)
}

// The things the story is about: a file and a folder.
const (
	letter = "Letter to Charles.txt"
	folder = "Engine drawings"
)

var drawings = []string{"mill.svg", "notes/store.txt"} // in the folder

// play tells the story in a home folder.
func (t *tour) play(home, profile, age string) error {
	documents, inbox := filepath.Join(home, "Documents"), filepath.Join(home, "Inbox")
	if err := write(documents); err != nil {
		return err
	}
	if err := t.p.FirstRun(t.ctx, owner, passphrase, true, t.snap); err != nil {
		return fmt.Errorf("first run: %w", err)
	}
	if err := t.snap("files"); err != nil {
		return err
	}
	if err := t.job("encrypt", documents, letter, folder); err != nil {
		return err
	}
	if err := move(documents, inbox, letter+".age", folder+".tar.age"); err != nil {
		return fmt.Errorf("the encrypted files: %w", err)
	}
	if err := t.job("open", inbox, letter+".age", folder+".tar.age"); err != nil {
		return err
	}
	if err := equal(documents, inbox); err != nil {
		return err
	}
	if code, err := t.p.Quit(t.ctx); err != nil || code != 0 {
		return errors.Join(fmt.Errorf("the program ended with %d", code), err)
	}
	stock := filepath.Join(home, "Stock")
	if err := t.stock(age, filepath.Join(profile, "keyring.age"), inbox, stock); err != nil {
		return fmt.Errorf("open with stock age: %w", err)
	}
	return equal(documents, stock)
}

// job drops names of a folder, shows the plan, and lets it run.
func (t *tour) job(verb, from string, names ...string) error {
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join(from, name))
	}
	if err := t.p.Bring(t.ctx, paths...); err != nil {
		return fmt.Errorf("%s: drop: %w", verb, err)
	}
	if err := t.snap(verb + "-plan"); err != nil {
		return err
	}
	if err := t.p.Run(t.ctx); err != nil {
		return fmt.Errorf("%s: run: %w", verb, err)
	}
	return t.snap(verb + "-done")
}

// stock opens both files with the stock programs: age, and tar for the folder.
func (t *tour) stock(age, keyring, from, to string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	archive := filepath.Join(to, folder+".tar")
	for sealed, out := range map[string]string{letter + ".age": filepath.Join(to, letter), folder + ".tar.age": archive} {
		if err := desk.StockOpen(t.ctx, age, keyring, passphrase, filepath.Join(from, sealed), out); err != nil {
			return err
		}
	}
	if out, err := exec.CommandContext(t.ctx, "tar", "-xf", archive, "-C", to).CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	return nil
}

// things are the paths of all files of the story in a folder.
func things(in string) []string {
	paths := []string{filepath.Join(in, letter)}
	for _, name := range drawings {
		paths = append(paths, filepath.Join(in, folder, name))
	}
	return paths
}

// write makes the files, with bytes that differ each time.
func write(in string) error {
	for n, path := range things(in) {
		content := make([]byte, 70_000*(n+1))
		for i := range content {
			content[i] = byte(rand.Uint32())
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// move takes names of one folder to a new one.
func move(from, to string, names ...string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
}

// equal compares the files of the story in two folders, byte by byte.
func equal(want, got string) error {
	for i, path := range things(want) {
		a, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		other := things(got)[i]
		b, err := os.ReadFile(other)
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return fmt.Errorf("%s (%d bytes) does not hold the bytes of %s (%d)", other, len(b), path, len(a))
		}
	}
	return nil
}
