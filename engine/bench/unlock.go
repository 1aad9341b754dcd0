//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/creack/pty"
)

const (
	unlockPassphrase = "a passphrase to measure with"
	unlockBar        = 1.1 // at most this many times the stock program's time and memory
)

// unlock opens a keyring with its passphrase (scrypt, logN 18), against the
// stock program that opens the same file.
func (b *bench) unlock() error {
	fmt.Printf("\nopening a keyring with its passphrase, medians of %d interleaved runs\n", b.runs)
	home := filepath.Join(b.disk, "unlock")
	first := &contender{argv: [][]string{{b.program, "keys", "new", "--home", home, "--quiet", "--passphrase-fd", "3", "Ada"}}, start: onDescriptor}
	if err := first.run(false); err != nil {
		return err
	}
	ours := &contender{
		name: "cryptodesk keys list", start: onDescriptor,
		argv: [][]string{{b.program, "keys", "list", "--home", home, "--passphrase-fd", "3"}},
	}
	plain := filepath.Join(b.ram, "keyring.txt")
	age := &contender{
		name: "age -d keyring.age", start: onTerminal, out: []string{plain},
		argv: [][]string{{b.age, "-d", "-o", plain, filepath.Join(home, "keyring.age")}},
	}
	if err := contest(b.runs, ours, age); err != nil {
		return err
	}
	for _, c := range []*contender{ours, age} {
		fmt.Printf("  %-22s %6.3f s  %6.3f s of CPU  peak %6.1f MiB\n", c.name, c.seconds(), median(c.cpu).Seconds(), float64(c.peak)/(1<<20))
	}
	atMost("time, times the stock program's", ours.seconds()/age.seconds(), unlockBar)
	atMost("peak memory, times the stock program's", float64(ours.peak)/float64(age.peak), unlockBar)
	return nil
}

// onDescriptor starts cmd with the passphrase waiting on descriptor 3.
func onDescriptor(cmd *exec.Cmd) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	defer w.Close()
	if _, err := io.WriteString(w, unlockPassphrase+"\n"); err != nil { // fits the pipe's buffer
		return err
	}
	cmd.ExtraFiles = []*os.File{r}
	return cmd.Start()
}

// onTerminal starts cmd on a terminal where somebody has typed ahead.
func onTerminal(cmd *exec.Cmd) error {
	terminal, err := pty.Start(cmd)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, terminal) // ends with EIO when the program does
		terminal.Close()
	}()
	_, err = io.WriteString(terminal, unlockPassphrase+"\n")
	return err
}
