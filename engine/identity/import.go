package identity

import (
	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// Ask answers the passphrase of something encrypted; again says that the one
// before was wrong. It answers an error (fault.Cancelled) to give up. The
// caller destroys the buffer.
type Ask func(again bool) (*secret.Buffer, error)

// ImportKeys reads the private keys of AgeIdentity, OpenSSHPrivate and
// PEMPrivate, and asks for the passphrase of a protected one until it is right
// or ask gives up. b stays the caller's. Errors: CannotImport with the
// Material's name as subject, BadIdentity, TooLarge, TooMany, and those of ask.
func ImportKeys(b *secret.Buffer, ask Ask) ([]*KeyPair, error) {
	return nil, fault.New(fault.Internal, "", nil)
}

// ParseContacts reads what holds public keys: a contact card, a public key, or
// a recipients file, whose keys become one contact each, named by the comment
// before or behind them, else by a number. name, when not empty, is what the
// only or first one will be called. Errors: those of ParseContact.
func ParseContacts(name string, text []byte) ([]Contact, error) {
	return nil, fault.New(fault.Internal, "", nil)
}

// Export is the key pair as a file that opens with pass and with nothing else:
// for age keys an age file encrypted with the passphrase (scrypt is the
// caller's: plain says so), for SSH keys an OpenSSH key protected by it.
// Called with pass nil for age keys.
func (k *KeyPair) Export(pass *secret.Buffer) (text *secret.Buffer, plain bool, err error) {
	return nil, false, fault.New(fault.Internal, "", nil)
}
