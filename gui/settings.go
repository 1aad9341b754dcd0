package gui

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"

	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
)

// settings is what the window remembers, in window.json of the profile folder
// (0600). Nothing in it is secret, and none of it is needed: a file that is
// missing, damaged or out of bounds is read as the defaults.
type settings struct {
	Width    float32       `json:"width"`
	Height   float32       `json:"height"`
	Language text.Language `json:"language"`          // "system", "en" or "ko"
	Theme    theme.Mode    `json:"theme"`             // "system", "light" or "dark"
	AutoLock minutes       `json:"auto_lock_minutes"` // without input until it locks; 0 is never

	path string
}

// The window's sizes, in device-independent pixels.
const (
	startWidth, startHeight float32 = 960, 640
	leastWidth, leastHeight float32 = 720, 480
	mostPixels              float32 = 16384
)

// followSystem is the language setting that follows the desktop.
const followSystem text.Language = "system"

func loadSettings(home string) settings {
	s := settings{AutoLock: autoLock}
	path := filepath.Join(home, "window.json")
	if raw, err := os.ReadFile(path); err != nil || json.Unmarshal(raw, &s) != nil {
		s = settings{AutoLock: autoLock}
	}
	s.path = path
	s.Width = bounded(s.Width, leastWidth, startWidth)
	s.Height = bounded(s.Height, leastHeight, startHeight)
	if s.Language != text.English && s.Language != text.Korean {
		s.Language = followSystem
	}
	if s.Theme != theme.Light && s.Theme != theme.Dark {
		s.Theme = theme.System
	}
	return s
}

// bounded answers v when it is a size a window can have, else the start size.
func bounded(v, least, start float32) float32 {
	if math.IsNaN(float64(v)) || v < least || v > mostPixels {
		return start
	}
	return v
}

// save replaces the file in one step. An error is not worth a word: the next
// start has the old settings.
func (s settings) save() {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return
	}
	part := s.path + ".part"
	if os.WriteFile(part, append(raw, '\n'), 0o600) == nil && os.Rename(part, s.path) != nil {
		_ = os.Remove(part)
	}
}

// speak puts the language into force.
func (s settings) speak() {
	if s.Language == followSystem {
		text.Use(text.Detect(os.Getenv))
		return
	}
	text.Use(s.Language)
}
