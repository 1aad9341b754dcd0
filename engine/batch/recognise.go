package batch

import (
	"bytes"
	"io"
	"regexp"
	"strings"
)

// sniffed is how much of a file is read to tell what it is: enough for the
// first lines of every text kind below.
const sniffed = 4 << 10

// beginning reads the first bytes of a file; a file that cannot be read looks
// like nothing in particular, and the job will say why.
func beginning(r io.ReaderAt) []byte {
	head := make([]byte, sniffed)
	n, _ := r.ReadAt(head, 0)
	return head[:n]
}

var (
	binaryMagic = []byte("age-encryption.org/")
	armorMagic  = []byte("-----BEGIN AGE ENCRYPTED FILE-----")
)

// looksEncrypted knows an age file by how it starts
// (https://c2sp.org/age: version line, or the armor label after white space).
func looksEncrypted(head []byte) bool {
	return bytes.HasPrefix(head, binaryMagic) || bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), armorMagic)
}

// ending reads the last bytes of a file.
func ending(r io.ReaderAt, size int64) []byte {
	tail := make([]byte, min(sniffed, size))
	n, _ := r.ReadAt(tail, size-int64(len(tail)))
	return tail[:n]
}

// ours knows the pages that are made to be printed: what a PDF says of its maker
// stands at its end.
func ours(head, tail []byte) bool {
	return bytes.HasPrefix(head, []byte("%PDF-")) && bytes.Contains(tail, []byte("/Producer (CryptoDesk)"))
}

// keyringName is what the program calls keyrings, those put aside, and backups.
// Nothing else tells them from other files with a passphrase.
var keyringName = regexp.MustCompile(`(?i)^keyring\.age(\..+)?$|^cryptodesk-keys-.*\.age$| backup \d{4}-\d\d-\d\d( \(\d+\))?\.age$`)

// named knows encrypted files by their names: nothing else tells a deposit or a
// release from other files to who has no key for it. What is in them are
// private keys, which are not to lie about as a file.
func named(name string) Special {
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, ".deposit.age"):
		return DepositFile
	case strings.HasSuffix(name, ".release.age"):
		return ReleaseFile
	}
	return NotSpecial
}

// recognise knows the files that belong to another screen by their content,
// line by line, so that a comment on top hides nothing.
func recognise(head []byte) Special {
	found := NotSpecial
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("# CryptoDesk release request")): // which has a card in it
			return RequestFile
		case bytes.HasPrefix(line, []byte("# CryptoDesk share")):
			return ShareFile
		case bytes.HasPrefix(line, []byte("# CryptoDesk contact card")):
			return CardFile
		case bytes.HasPrefix(line, []byte("AGE-SECRET-KEY-")), bytes.HasPrefix(line, []byte("-----BEGIN ")) && bytes.HasSuffix(line, []byte("PRIVATE KEY-----")):
			return IdentityFile
		case len(line) == 0, line[0] == '#':
		case found == NotSpecial && (bytes.HasPrefix(line, []byte("age1")) || bytes.HasPrefix(line, []byte("ssh-ed25519 ")) || bytes.HasPrefix(line, []byte("ssh-rsa "))):
			found = RecipientsFile
		case found == NotSpecial:
			return NotSpecial
		}
	}
	return found
}
