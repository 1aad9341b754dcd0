//go:build linux

package desk

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/creack/pty"
)

// StockOpen lets the stock age program open a file with a keyring, typing the passphrase on a terminal when it asks.
func StockOpen(ctx context.Context, age, keyring, passphrase, sealed, out string) error {
	cmd := exec.CommandContext(ctx, age, "--decrypt", "--identity", keyring, "--output", out, sealed)
	terminal, err := pty.Start(cmd)
	if err != nil {
		return fmt.Errorf("run age on a terminal: %w", err)
	}
	defer terminal.Close()
	var said bytes.Buffer
	asked := false
	for chunk := make([]byte, 4096); ; {
		n, err := terminal.Read(chunk) // ends when the program does
		said.Write(chunk[:n])
		if !asked && strings.Contains(said.String(), "passphrase") {
			asked = true
			if _, err := terminal.Write([]byte(passphrase + "\n")); err != nil {
				return fmt.Errorf("type the passphrase: %w", err)
			}
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("age: %w: %s", err, strings.TrimSpace(said.String()))
	}
	return nil
}
