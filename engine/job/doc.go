// Package job runs long work over many rows and tells anyone who asks how far
// it is: progress, rate, time left, and it takes cancels.
//
// It owns the state of the rows and the estimates. It may import fault and
// nothing else of the project; it starts no timers and never calls back. Whoever
// shows a job polls Version at about 10 Hz, and when it moved (or a second has
// passed, so that a stall and the time left are seen) reads Progress and the
// rows that are on screen. Ten thousand rows cost nothing while nobody looks.
package job
