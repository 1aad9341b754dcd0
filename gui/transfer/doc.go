// Package transfer is the Transfer screen: what goes straight to contacts'
// computers and what comes from there, the readiness to receive, the question
// that an offer is, and the meeting that makes two people contacts.
//
// It asks the engine through the small interface Engine and the window through
// Desk. It may import the engine's value packages, gui/shell, gui/form, gui/clip
// and the common rooms of gui, and no other flow. It opens no connection itself,
// and nothing that arrives. Everything runs on the UI goroutine unless it says
// otherwise.
package transfer
