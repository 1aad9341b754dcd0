// Package form owns the sheet that does one piece of work, from its fields to
// what came of it, and the place where a file will be saved. It may import
// gui/shell and the common rooms of gui, and no flow.
package form
