// Package desk drives the real program on a real X11 desktop that nobody sees: it starts Xvfb and a private message bus,
// types with key events of the XTEST extension, clicks, is the source of an XDND drag, takes screenshots, and knows from
// the program's trace (see gui/trace) where things are and which screen is shown.
//
// It serves the tour and the end-to-end tests, never the program itself. It may import the standard library, xgb and
// x/sys, nothing of this program: what it knows is what a person at the desktop could see, and files.
//
// Waiting is for an event, a trace line or the end of a process, bounded by a context; nothing here sleeps and hopes.
package desk
