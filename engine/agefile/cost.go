//go:build !quickscrypt

package agefile

// workFactor is what any age program on a phone still opens: 256 MiB, about a
// second.
const workFactor = 18
