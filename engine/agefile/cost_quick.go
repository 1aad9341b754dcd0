//go:build quickscrypt

package agefile

// workFactor in the tests of what lies above this package, which seal and open
// hundreds of keyrings and have nothing to find out about scrypt. The whole
// program is tested as it ships (cmd/cryptodesk/e2e), and nothing that ships is
// built with this tag.
const workFactor = 10
