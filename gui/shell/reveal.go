package shell

import (
	"context"
	"os/exec"
	"path/filepath"
	"time"

	"cryptodesk/engine/secret"
)

// Reveal shows a file in the desktop's file manager, with the file selected
// where it can do that. It returns at once; failed, if anything, is called on
// its own goroutine when nothing could be opened.
func Reveal(path string, failed func()) {
	go func() {
		defer secret.Guard()
		if showItems(path) == nil {
			return
		}
		if exec.Command("xdg-open", filepath.Dir(path)).Run() != nil {
			failed()
		}
	}()
}

// showItems is org.freedesktop.FileManager1.ShowItems of the freedesktop file
// manager interface.
func showItems(path string) error {
	conn, err := sessionBus()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	manager := conn.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1")
	return manager.CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, []string{fileURI(path)}, "").Err
}
