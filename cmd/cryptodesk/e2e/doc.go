// Package e2e plays the whole program from outside: the real binary, a real window on a virtual display, real key events,
// real drags, the stock age program, and SIGKILL. It owns those tests (build tag e2e, `make test-e2e`) and no code of the
// program; it imports desk and nothing else of this project. What counts in every test is what lies on the disk.
package e2e
