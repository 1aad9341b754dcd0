package gui

import (
	"bufio"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"cryptodesk/engine/passphrase"
	"cryptodesk/engine/secret"
	"cryptodesk/gui/lock"
	"cryptodesk/gui/recovery"
	"cryptodesk/gui/shell"
	"cryptodesk/gui/text"
)

// lockDesk gives the first run what it needs of window and engine.
func (w *window) lockDesk() lock.Desk {
	return lock.Desk{
		Window: w.win,
		Words:  func() *secret.Buffer { return passphrase.Generate(passphrase.Words) },
		Weigh:  weigh,
		Name:   accountName(),
		Pick: func(done func(string)) {
			shell.Choose(w.win, shell.Request{Title: text.T("lock.import.title"), Accept: text.T("app.choose")}, func(paths []string) {
				if len(paths) > 0 {
					done(paths[0])
				}
			})
		},
		Speak: func(l text.Language) {
			w.settings.Language = l
			w.restyle()
		},
		Restore: w.restore,
		WayBack: func(show lock.Show, done func()) lock.Way {
			return recovery.NewWayBack(w.win, recovery.Through(w.eng), w.waysDesk(), show, done)
		},
	}
}

// accountName is the display name of the account, or its login name.
func accountName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	// The GECOS field may hold office and telephone after commas.
	if name, _, _ := strings.Cut(u.Name, ","); strings.TrimSpace(name) != "" {
		return strings.TrimSpace(name)
	}
	return u.Username
}

// documents is the person's documents folder (xdg-user-dirs), or the home
// folder.
func documents() string { return ownFolder("DOCUMENTS", "Documents") }

// downloads is that for what comes from elsewhere.
func downloads() string { return ownFolder("DOWNLOAD", "Downloads") }

// ownFolder is the folder that XDG_<kind>_DIR names, or the usual one, or the
// home folder.
func ownFolder(kind, usual string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(home, ".config")
	}
	candidates := []string{filepath.Join(home, usual)}
	if dir := userDir(filepath.Join(config, "user-dirs.dirs"), home, kind); dir != "" {
		candidates = append([]string{dir}, candidates...)
	}
	for _, dir := range candidates {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return home
}

// userDir reads a line like XDG_DOCUMENTS_DIR="$HOME/..." of user-dirs.dirs.
func userDir(path, home, kind string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "XDG_"+kind+"_DIR="); ok {
			return strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		}
	}
	return ""
}

// weigh answers a score from 1 to 4 for the meter, and the time guessing takes.
func weigh(p []byte) (score int, time string) {
	s := passphrase.Estimate(p)
	key, n := s.Plain()
	return max(1, int(s.Level)), text.T(key, "n", n)
}
