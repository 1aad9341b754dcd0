package job

// String is the state as scripts read it: "waiting", "running", "done",
// "failed", "skipped" or "cancelled".
func (s State) String() string {
	return [...]string{"waiting", "running", "done", "failed", "skipped", "cancelled"}[s]
}
