//go:build linux

package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// AwaitFile waits until a path is there. The program publishes a file in one step, so what is there is whole.
func AwaitFile(ctx context.Context, path string) error {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("watch a folder: %w", err)
	}
	news := os.NewFile(uintptr(fd), "inotify")
	defer news.Close()
	folder := filepath.Dir(path)
	if _, err := unix.InotifyAddWatch(fd, folder, unix.IN_CREATE|unix.IN_MOVED_TO); err != nil {
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	stop := context.AfterFunc(ctx, func() { news.Close() })
	defer stop()
	buf := make([]byte, 64<<10)
	for {
		if _, err := os.Lstat(path); err == nil {
			return nil
		}
		if _, err := news.Read(buf); err != nil {
			return fmt.Errorf("%q did not appear in %s, which holds %s: %w", filepath.Base(path), folder, names(folder),
				errors.Join(context.Cause(ctx), err))
		}
	}
}

// names lists a folder for an error message.
func names(folder string) string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, e := range entries {
		all = append(all, fmt.Sprintf("%q", e.Name()))
	}
	return "[" + strings.Join(all, " ") + "]"
}
