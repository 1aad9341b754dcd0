package main

import (
	"os"
	"path/filepath"
	"runtime"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
	"cryptodesk/gui"
	"cryptodesk/gui/trace"
)

// openWindow runs the desktop program with these paths as if dropped on it.
func openWindow(c *call, paths []string) error {
	if !hasDisplay() {
		return fault.New(fault.NoDisplay, "", nil)
	}
	dropped := make([]string, 0, len(paths))
	for _, p := range paths {
		if _, err := os.Lstat(p); err != nil {
			return fault.FromOS(p, err)
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return fault.FromOS(p, err)
		}
		dropped = append(dropped, abs)
	}
	if c.trace >= 0 {
		trace.Enable(os.NewFile(uintptr(c.trace), "trace"))
	}
	eng, err := c.open()
	if err != nil {
		return err
	}
	defer eng.Close()
	quit := make(chan struct{})
	defer close(quit)
	go func() { // a signal wipes first, then asks the window to go
		defer secret.Guard()
		select {
		case <-c.ctx.Done():
			gui.Ending()
			eng.Close()
			gui.Quit()
		case <-quit:
		}
	}()
	return gui.Run(eng, dropped)
}

// hasDisplay is checked before the toolkit starts, because it panics without.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
