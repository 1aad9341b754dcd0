// Package job runs long work over many rows and tells anyone who asks how far
// it is: progress, rate, time left, cancel.
//
// It owns the state of the rows and the estimates. It may import fault and
// nothing else of the project, starts no timers and never calls back: whoever
// shows a job polls Version at about 10 Hz and reads Progress and the visible
// rows again when it changed (and once a second meanwhile, so that the time
// left and a falling rate are seen).
package job
