package keyring

import "cryptodesk/engine/secret"

// onlooker is told of every header and of the passphrase that opens it, and of
// every file that is written under one. In the program it is nil, and nothing
// there can reach it: package witness, which only tests import, sets it through
// the linker.
var onlooker interface {
	Header(header []byte, pass *secret.Buffer)
	File(header, raw []byte, key *secret.Key)
}
