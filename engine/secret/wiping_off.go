//go:build nowipe

package secret

// wiping is off in a build that is never shipped: with it, the memory proof (cmd/cryptodesk/proof) shows that it finds what
// is left when nobody wipes. Such a build says so wherever it says its version.
const wiping = false
