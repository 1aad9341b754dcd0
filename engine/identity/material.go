package identity

// Material says what some text is, by its content and never by a file's name.
// The words for each are the translations "material.<material>" and, for what
// cannot be imported, "material.<material>.why".
type Material string

// What can be imported.
const (
	AgeIdentity    Material = "ageIdentity"    // AGE-SECRET-KEY lines, plugin identities among them
	AgeEncrypted   Material = "ageEncrypted"   // an age file; an identity file inside, if a passphrase opens it
	OpenSSHPrivate Material = "opensshPrivate" // Ed25519 or RSA, plain or with a passphrase
	PEMPrivate     Material = "pemPrivate"     // RSA or Ed25519: PKCS#1, PKCS#8, either encrypted or not
	Card           Material = "card"           // a contact card
	PublicKeys     Material = "publicKeys"     // a public key, or a recipients file
	Picture        Material = "picture"        // PNG or JPEG, to be looked through for a QR code
)

// What is recognised and cannot be imported.
const (
	OpenPGP      Material = "openpgp"
	PuTTY        Material = "putty"
	Certificate  Material = "certificate"  // X.509, or an SSH certificate
	OtherPrivate Material = "otherPrivate" // a private key of a sort that age cannot use: ECDSA, DSA, security keys, short RSA
	OtherPublic  Material = "otherPublic"  // a public key of such a sort
	Minisign     Material = "minisign"
	PKCS12       Material = "pkcs12"
	Request      Material = "request" // for a deposit to be released; it has a contact card in it, of somebody nobody has met yet
	Unknown      Material = "unknown"
)

// Materials returns all of them, for the translations to cover.
func Materials() []Material {
	return []Material{AgeIdentity, AgeEncrypted, OpenSSHPrivate, PEMPrivate, Card, PublicKeys, Picture,
		OpenPGP, PuTTY, Certificate, OtherPrivate, OtherPublic, Minisign, PKCS12, Request, Unknown}
}

// Importable says whether something can be taken in.
func (m Material) Importable() bool {
	switch m {
	case AgeIdentity, AgeEncrypted, OpenSSHPrivate, PEMPrivate, Card, PublicKeys, Picture:
		return true
	}
	return false
}

// Private says whether it holds, or may hold, a private key: never shown,
// never put into an ordinary text field.
func (m Material) Private() bool {
	switch m {
	case AgeIdentity, AgeEncrypted, OpenSSHPrivate, PEMPrivate, PuTTY, OtherPrivate, PKCS12:
		return true
	}
	return false
}
