package identity

import (
	"bytes"
	"slices"

	"cryptodesk/engine/secret"
)

// requestFamily begins a request for a deposit: engine/recovery/escrow.
const requestFamily = "# CryptoDesk release request v"

// maxHead is how much of a text Recognise looks at, in bytes.
const maxHead = 64 << 10

// ranked says what counts when a text holds several things, strongest first: a
// private key is never taken for something public, and what is signed or
// attached to a mail comes after what was mailed.
var ranked = []Material{AgeIdentity, OpenSSHPrivate, PEMPrivate, OtherPrivate, PuTTY, AgeEncrypted, Request, Card, PublicKeys,
	OpenPGP, OtherPublic, Certificate, Minisign}

// Recognise says what text is. It looks at the first 64 KiB at most, keeps
// nothing, and makes no string of it.
func Recognise(text []byte) Material {
	found := Unknown
	secret.Do(func() {
		head, wide := narrow(text[:min(len(text), maxHead)])
		found = recognise(head)
		wide.Destroy()
	})
	return found
}

func recognise(text []byte) Material {
	if m := recogniseBinary(text); m != Unknown {
		return m
	}
	if bytes.HasPrefix(bytes.TrimLeft(trimBOM(text), " \t\r\n"), []byte("age-encryption.org/")) {
		return AgeEncrypted
	}
	best := len(ranked)
	for line := range bytes.Lines(trimBOM(text)) {
		if at := slices.Index(ranked, ofLine(bare(line))); at >= 0 {
			best = min(best, at)
		}
	}
	if best == len(ranked) {
		return Unknown
	}
	return ranked[best]
}

func trimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) }

// bare is a line without what surrounds it in a mail: blanks, the line end and
// the marks of a quotation.
func bare(line []byte) []byte {
	return bytes.TrimLeft(bytes.Trim(line, " \t\r\n"), "> \t")
}

// ofLine says what a line begins, Unknown for prose.
func ofLine(line []byte) Material {
	switch {
	case isAgeSecret(line):
		return AgeIdentity
	case bytes.HasPrefix(line, []byte("-----BEGIN ")), bytes.HasPrefix(line, []byte("---- BEGIN ")):
		return ofLabel(label(line))
	case bytes.HasPrefix(line, []byte("PuTTY-User-Key-File-")):
		return PuTTY
	case bytes.HasPrefix(line, []byte(requestFamily)):
		return Request
	case bytes.HasPrefix(line, []byte(cardFamily)):
		return Card
	case bytes.HasPrefix(line, []byte("age1")):
		return PublicKeys
	case bytes.HasPrefix(line, []byte("untrusted comment:")):
		return Minisign
	case bytes.HasPrefix(line, []byte("SSH PRIVATE KEY FILE FORMAT")):
		return OtherPrivate
	case bytes.HasPrefix(line, []byte("Key: (")), bytes.HasPrefix(line, []byte("(11:private-key")), bytes.HasPrefix(line, []byte("(21:protected-private-key")):
		return OpenPGP // how GnuPG keeps private keys
	}
	return ofSSHLine(line)
}

// isAgeSecret also knows one in lower case, which is no key but was one.
func isAgeSecret(line []byte) bool {
	return hasPrefixFold(line, "AGE-SECRET-KEY-") || hasPrefixFold(line, "AGE-PLUGIN-")
}

func hasPrefixFold(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], []byte(prefix))
}

// label is what stands between "BEGIN" and the dashes, or "END" and them; nil
// when the dashes are missing.
func label(line []byte) []byte {
	_, rest, _ := bytes.Cut(bytes.TrimLeft(line, "- "), []byte(" "))
	text, ok := bytes.CutSuffix(rest, []byte("----"))
	if !ok {
		return nil
	}
	return bytes.TrimRight(text, "- ")
}

// ofLabel says what a PEM block holds. Sources: RFC 7468, RFC 4716, RFC 9580,
// and the programs that write them.
func ofLabel(label []byte) Material {
	switch string(label) {
	case "AGE ENCRYPTED FILE":
		return AgeEncrypted
	case "OPENSSH PRIVATE KEY":
		return OpenSSHPrivate
	case "RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		return PEMPrivate
	case "PUBLIC KEY", "RSA PUBLIC KEY", "SSH2 PUBLIC KEY":
		return PublicKeys
	}
	switch {
	case bytes.HasPrefix(label, []byte("PGP ")):
		return OpenPGP
	case bytes.HasSuffix(label, []byte(" PRIVATE KEY")):
		return OtherPrivate
	case bytes.HasSuffix(label, []byte(" PUBLIC KEY")):
		return OtherPublic
	case bytes.Contains(label, []byte("CERTIFICATE")), bytes.HasSuffix(label, []byte(" CRL")), string(label) == "PKCS7", string(label) == "CMS":
		return Certificate
	}
	return Unknown
}

// ofSSHLine knows the lines of authorized_keys, their options too.
func ofSSHLine(line []byte) Material {
	kind, rest, _ := bytes.Cut(skipOptions(line), []byte(" "))
	if !bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte("AAAA")) {
		return Unknown
	}
	switch {
	case string(kind) == "ssh-ed25519", string(kind) == "ssh-rsa":
		return PublicKeys
	case bytes.HasSuffix(kind, []byte("-cert-v01@openssh.com")):
		return Certificate
	case string(kind) == "ssh-dss", bytes.HasPrefix(kind, []byte("ecdsa-sha2-")), bytes.HasPrefix(kind, []byte("sk-")):
		return OtherPublic
	}
	return Unknown
}

// options of authorized_keys, sshd(8). One with cert-authority is left out: it
// is nobody's own key.
var options = []string{"restrict", "command=", "from=", "environment=", "no-", "agent-forwarding", "port-forwarding", "pty",
	"permit", "expiry-time=", "principals=", "tunnel=", "user-rc", "X11-forwarding", "x11-forwarding", "verify-required"}

// skipOptions is line from the key on.
func skipOptions(line []byte) []byte {
	if !slices.ContainsFunc(options, func(o string) bool { return bytes.HasPrefix(line, []byte(o)) }) {
		return line
	}
	quoted := false
	for i, c := range line {
		switch {
		case c == '"' && (i == 0 || line[i-1] != '\\'):
			quoted = !quoted
		case (c == ' ' || c == '\t') && !quoted:
			return bytes.TrimLeft(line[i:], " \t")
		}
	}
	return line
}
