package secret

// A WarningKind names something around this program that can take memory out of its hands. Its text is the translation
// "memory.warning.<kind>", with {where}.
type WarningKind string

const (
	PlainSwap    WarningKind = "swap"        // memory can be written to a swap space that is not encrypted
	Hibernation  WarningKind = "hibernation" // sleeping to disk writes all of memory there, locked pages too
	CrashDumps   WarningKind = "dumps"       // the system keeps the memory of programs that crash
	KernelDump   WarningKind = "kernel"      // the system keeps all of memory when it crashes itself
	NotLookedAt  WarningKind = "unknown"     // this system gives no way to find out
	NotReachable WarningKind = "unreachable" // it does, and it did not work
)

// WarningKinds returns every WarningKind, for the translations to cover.
func WarningKinds() []WarningKind {
	return []WarningKind{PlainSwap, Hibernation, CrashDumps, KernelDump, NotLookedAt, NotReachable}
}

// Warning is one such thing.
type Warning struct {
	Kind  WarningKind
	Where string // the device, file or program it goes to; may be empty
	Held  bool   // what this program did at its start keeps its own memory out of it all the same
}

// Surroundings looks at the system as it is now. It reads a few small files and takes no time worth a goroutine of its
// own. nil means that nothing was found to warn of.
func Surroundings() []Warning { return surroundings() }
