//go:build !linux

package session

import "time"

// sleepsShow is false: only the wall clock shows that the computer slept.
const sleepsShow = false

func bootTime() (t time.Duration, known bool) { return 0, false }
