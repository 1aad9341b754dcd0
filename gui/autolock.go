package gui

import (
	"slices"
	"strconv"
	"time"
)

// minutes is after how long without input the window locks.
type minutes int

const (
	never    minutes = 0
	autoLock minutes = 10 // unless another is chosen
)

// autoLocks are what can be chosen, in the order of the setting.
var autoLocks = []minutes{1, 5, 10, 30, 60, never}

// UnmarshalJSON takes one of autoLocks. Whatever else a hand wrote there, of
// any type, is the default: a setting that cannot be read never means never.
func (m *minutes) UnmarshalJSON(raw []byte) error {
	*m = autoLock
	if n, err := strconv.Atoi(string(raw)); err == nil && slices.Contains(autoLocks, minutes(n)) {
		*m = minutes(n)
	}
	return nil
}

// limit is the same for the engine.
func (m minutes) limit() time.Duration { return time.Duration(m) * time.Minute }
