// Package shell asks the desktop around the window for help: choose files or a
// folder, choose a place to save, and show a file in the file manager.
//
// It talks D-Bus to the desktop portal and the file manager, and falls back to
// the toolkit's own dialog and to xdg-open where they do not exist. It never
// reads or writes the files it is asked about, and it owns no words: titles
// come from the caller.
//
// The portal is called directly: the portal module on hand decodes a "+" in a
// name as a space and takes any request's answer for its own.
package shell
