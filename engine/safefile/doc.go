// Package safefile makes files and folders appear whole or not at all, never
// over something that is already there unless told to, and reads sources in a
// way that notices when they change underneath.
//
// It owns temporary files, publishing, durability, the sweep of what a killed
// run left behind, free names ("report (2).pdf.age") and the display of odd
// ones. It may import fault and golang.org/x/sys; it knows nothing of
// encryption and never looks at content.
package safefile
