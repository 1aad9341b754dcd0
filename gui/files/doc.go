// Package files is the Files screen: where things are dropped, the plan that
// says what will happen to them before anything does, and the rows that show
// how it went.
//
// It asks the engine through the small interface Engine and holds no file
// open itself. It may import engine and its value packages, gui/keys to
// import keys and contacts and to decide on a changed one, gui/shell for what the desktop does, and the common rooms
// of gui. Everything runs on the UI goroutine unless it says otherwise.
package files
