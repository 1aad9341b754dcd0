//go:build linux

package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// State is what the program last said about its window.
type State struct {
	Screen string            `json:"screen"`
	At     map[string][4]int `json:"at"`
	Off    []string          `json:"off"`
	Focus  string            `json:"focus"`
}

// Ready says whether a widget is on screen and enabled.
func (s State) Ready(id string) bool {
	_, there := s.At[id]
	return there && !slices.Contains(s.Off, id)
}

// Program is one run of the program on a desktop.
type Program struct {
	*Window
	cmd    *exec.Cmd
	stderr strings.Builder
	dead   chan struct{} // closed after Wait returned

	mu     sync.Mutex
	state  State
	heard  []byte
	events []map[string]any
	news   chan struct{} // closed and replaced with every line
}

// Start runs a program with --trace 3 in front of args, and waits for its window. home is its HOME.
func (d *Display) Start(ctx context.Context, program, home string, args ...string) (*Program, error) {
	return d.start(ctx, program, home, append([]string{"--trace", "3"}, args...))
}

// StartUntraced runs a program as a person would, to measure it: nothing is known of its window but that it is there.
func (d *Display) StartUntraced(ctx context.Context, program, home string, args ...string) (*Program, error) {
	return d.start(ctx, program, home, args)
}

func (d *Display) start(ctx context.Context, program, home string, args []string) (*Program, error) {
	for _, folder := range []string{".config", ".cache", ".local/share"} {
		if err := os.MkdirAll(filepath.Join(home, folder), 0o700); err != nil {
			return nil, err
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &Program{dead: make(chan struct{}), news: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir = d.Env(home), home
	p.cmd.Stderr, p.cmd.ExtraFiles = &p.stderr, []*os.File{w}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = p.cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		return nil, err
	}
	go p.read(r)
	go func() { p.cmd.Wait(); close(p.dead) }()

	alive, cancel := p.alive(ctx)
	defer cancel()
	if p.Window, err = d.Window(alive, p.cmd.Process.Pid); err == nil {
		err = p.Focus()
	}
	if err != nil {
		p.Kill()
		return nil, errors.Join(err, p.complaint())
	}
	return p, nil
}

// read keeps the last state and wakes whoever waits.
func (p *Program) read(r io.ReadCloser) {
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s State
		var event map[string]any
		if json.Unmarshal(lines.Bytes(), &event) != nil || json.Unmarshal(lines.Bytes(), &s) != nil {
			continue
		}
		p.mu.Lock()
		p.heard = append(p.heard, lines.Bytes()...)
		if event["event"] != nil {
			p.events = append(p.events, event)
		} else {
			p.state = s
		}
		close(p.news)
		p.news = make(chan struct{})
		p.mu.Unlock()
	}
}

// alive is a context that also ends when the program does.
func (p *Program) alive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-p.dead:
			cancel(errors.New("the program ended"))
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// complaint is what the program wrote to stderr, once it is dead.
func (p *Program) complaint() error {
	<-p.dead
	if said := strings.TrimSpace(p.stderr.String()); said != "" {
		return errors.New(said)
	}
	return nil
}

// Heard is all that the program has traced.
func (p *Program) Heard() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.heard)
}

// State is the last state the program reported.
func (p *Program) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Await waits for a state of the window; what names it for the error.
func (p *Program) Await(ctx context.Context, what string, is func(State) bool) error {
	ctx, cancel := p.alive(ctx)
	defer cancel()
	for {
		p.mu.Lock()
		state, news := p.state, p.news
		p.mu.Unlock()
		if is(state) {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("waited for %s, but the window shows %+v: %w", what, state, context.Cause(ctx))
		}
	}
}

// Screen waits until the window shows one of these screens.
func (p *Program) Screen(ctx context.Context, names ...string) error {
	return p.Await(ctx, "screen "+strings.Join(names, " or "), func(s State) bool { return slices.Contains(names, s.Screen) })
}

// Events counts the events of a name so far.
func (p *Program) Events(name string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e["event"] == name {
			n++
		}
	}
	return n
}

// Latest is the last event of a name, nil before the first.
func (p *Program) Latest(name string) map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range slices.Backward(p.events) {
		if e["event"] == name {
			return e
		}
	}
	return nil
}

// Event waits for an event after the first skip ones, and returns it.
func (p *Program) Event(ctx context.Context, name string, skip int) (map[string]any, error) {
	var found map[string]any
	err := p.Await(ctx, "event "+name, func(State) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		n := 0
		for _, e := range p.events {
			if e["event"] == name {
				if n++; n > skip {
					found = e
					return true
				}
			}
		}
		return false
	})
	return found, err
}

// Tap waits until a widget is on screen and enabled, and clicks on its middle.
func (p *Program) Tap(ctx context.Context, id string) error { return p.TapAt(ctx, id, 0.5) }

// TapAt is Tap at a part of the widget's width, from 0 at its left end to 1.
func (p *Program) TapAt(ctx context.Context, id string, part float64) error {
	if err := p.Await(ctx, id+" ready", func(s State) bool { return s.Ready(id) }); err != nil {
		return err
	}
	x, y, _, _, err := p.Bounds()
	if err != nil {
		return err
	}
	at := p.State().At[id]
	return p.d.Click(x+at[0]+int(part*float64(at[2])), y+at[1]+at[3]/2)
}

// Fill gives a field the keyboard by clicking on it, and types.
func (p *Program) Fill(ctx context.Context, id, text string) error {
	if err := p.Tap(ctx, id); err != nil {
		return err
	}
	if err := p.Await(ctx, id+" focused", func(s State) bool { return s.Focus == id }); err != nil {
		return err
	}
	return p.d.Type(text)
}

// Press presses a key or combination, see Display.Press.
func (p *Program) Press(combination string) error { return p.d.Press(combination) }

// Type types text into whatever has the keyboard.
func (p *Program) Type(text string) error { return p.d.Type(text) }

// PID of the program.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Quit closes the window, waits for the program to end and returns its exit code.
func (p *Program) Quit(ctx context.Context) (int, error) {
	if err := p.Close(); err != nil {
		return -1, err
	}
	return p.exit(ctx)
}

// Signal sends a signal, waits for the program to end and returns its exit code.
func (p *Program) Signal(ctx context.Context, s os.Signal) (int, error) {
	if err := p.cmd.Process.Signal(s); err != nil {
		return -1, err
	}
	return p.exit(ctx)
}

func (p *Program) exit(ctx context.Context) (int, error) {
	select {
	case <-p.dead:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return -1, fmt.Errorf("the program did not end: %w", context.Cause(ctx))
	}
}

// Kill ends the program at once; harmless when it has ended.
func (p *Program) Kill() {
	p.cmd.Process.Kill()
	<-p.dead
}

// Said is what the program has written to stderr; call it only after Quit or Kill.
func (p *Program) Said() string { return p.stderr.String() }

// Rewrite replaces what a field holds by text, with the keyboard.
func (p *Program) Rewrite(ctx context.Context, id, text string) error {
	if err := p.Fill(ctx, id, ""); err != nil {
		return err
	}
	if err := p.Press("Ctrl+A"); err != nil {
		return err
	}
	return p.Type(text)
}
