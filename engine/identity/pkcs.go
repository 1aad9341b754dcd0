package identity

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// The algorithms of PKCS#8, as DER: RFC 8017 and RFC 8410.
var (
	oidRSA     = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")
	oidEd25519 = []byte("\x2b\x65\x70")
)

// readDER reads PKCS#1, or PKCS#8 encrypted or not, whichever it is: labels
// of PEM blocks are not always true. Runs inside Do, as all of this file does.
func readDER(der []byte, pass *secret.Buffer, meta Meta) (*KeyPair, error) {
	damaged := fault.New(fault.BadIdentity, "", nil)
	tag, outer, after := element(der)
	if tag != 0x30 || len(after) > 0 || len(der) > maxSSH {
		return nil, damaged
	}
	tag, _, after = element(outer)
	if tag == 0x30 {
		plain, err := openPKCS8(der, pass)
		if err != nil {
			return nil, err
		}
		defer plain.Destroy()
		return readDER(plain.Bytes(), nil, meta)
	}
	if tag != 0x02 {
		return nil, damaged
	}
	var key any
	var err error
	switch tag, second, after := element(after); tag {
	case 0x02: // PKCS#1: the modulus
		if !fitting(second) {
			return nil, cannot(OtherPrivate)
		}
		key, err = x509.ParsePKCS1PrivateKey(der)
	case 0x30: // PKCS#8: the algorithm
		if !fittingPKCS8(second, after) {
			return nil, cannot(OtherPrivate)
		}
		key, err = x509.ParsePKCS8PrivateKey(der)
	case 0x04: // SEC 1
		return nil, cannot(OtherPrivate)
	default:
		return nil, damaged
	}
	if err != nil {
		return nil, damaged
	}
	return fromRaw(key, meta)
}

// fitting says whether an RSA modulus has a length that age takes. It is asked
// before the key is checked, which takes long for an absurd one.
func fitting(modulus []byte) bool {
	bits := rsaBits(modulus)
	return bits >= minRSA && bits <= maxRSA
}

func rsaBits(modulus []byte) int { return 8 * len(bytes.TrimLeft(modulus, "\x00")) }

func fittingPKCS8(algorithm, after []byte) bool {
	_, oid, _ := element(algorithm)
	switch {
	case bytes.Equal(oid, oidEd25519):
		return true
	case !bytes.Equal(oid, oidRSA):
		return false
	}
	_, inner, _ := element(after)
	_, inner, _ = element(inner)
	_, _, inner = element(inner) // behind the version
	_, modulus, _ := element(inner)
	return fitting(modulus)
}

// readLegacy reads an RSA key that OpenSSL encrypted before PKCS#8 (RFC 1421).
func readLegacy(der []byte, dek string, pass *secret.Buffer, meta Meta) (*KeyPair, error) {
	plain, err := openDEK(der, dek, pass)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plain)
	return readDER(plain, nil, meta)
}

// openDEK decrypts what is behind a DEK-Info line. That has no check of its
// own: what a wrong passphrase makes is no key.
func openDEK(der []byte, dek string, pass *secret.Buffer) ([]byte, error) {
	if pass == nil {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	block := &pem.Block{Bytes: der, Headers: map[string]string{"DEK-Info": dek}}
	//lint:ignore SA1019 insecure to write; files from before are still to be read
	plain, err := x509.DecryptPEMBlock(block, pass.Bytes()) //nolint:staticcheck // for golangci-lint, which has its own sign
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		err = fault.New(fault.WrongPassphrase, "", nil)
	case err != nil && strings.Contains(err.Error(), "unknown encryption mode"):
		err = cannot(PEMPrivate)
	case err != nil:
		err = fault.New(fault.BadIdentity, "", nil)
	case !isDER(plain):
		err = fault.New(fault.WrongPassphrase, "", nil)
	}
	if err != nil {
		secret.Wipe(plain)
		return nil, err
	}
	return plain, nil
}

// isDER says whether b is one sequence from end to end, which noise is not.
func isDER(b []byte) bool {
	tag, inside, after := element(b)
	return tag == 0x30 && len(after) == 0 && len(inside) > 16 && inside[0] == 0x02 && inside[1] == 1
}
