package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/scrypt"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// What a passphrase of PKCS#8 may cost: a few seconds, and memory like that of
// an age file.
const (
	maxIterations   = 10_000_000 // of PBKDF2; OpenSSL's own are 2048
	maxScryptMemory = 256 << 20  // bytes; OpenSSL's own are 16 MiB
	maxScryptWork   = 1 << 24    // N*r*p
)

// PBES2, RFC 8018, appendix A; scrypt is RFC 7914, section 7.
var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
)

var pbkdf2Hashes = map[string]func() hash.Hash{
	"":                    sha1.New, // the default
	"1.2.840.113549.2.7":  sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
}

type blockCipher struct {
	key  int // bytes
	make func([]byte) (cipher.Block, error)
}

var pbesCiphers = map[string]blockCipher{ // all CBC
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
}

type (
	encryptedPKCS8 struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2Params struct{ KDF, Scheme pkix.AlgorithmIdentifier }

	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
	scryptParams struct {
		Salt      []byte
		N, R, P   int
		KeyLength int `asn1:"optional"`
	}
)

// openPKCS8 decrypts an encrypted PKCS#8 key; the caller destroys what comes
// out. Runs inside Do. Errors: NeedPassphrase, WrongPassphrase, WorkFactor,
// BadIdentity, CannotImport (protected in another way).
func openPKCS8(der []byte, pass *secret.Buffer) (*secret.Buffer, error) {
	damaged := fault.New(fault.BadIdentity, "", nil)
	var file encryptedPKCS8
	if !decode(der, &file) {
		return nil, damaged
	}
	if !file.Algorithm.Algorithm.Equal(oidPBES2) {
		return openPBES1(file.Algorithm, file.Data, pass)
	}
	var params pbes2Params
	var iv []byte
	if !decode(file.Algorithm.Parameters.FullBytes, &params) {
		return nil, damaged
	}
	with, ok := pbesCiphers[params.Scheme.Algorithm.String()]
	if !ok {
		return nil, cannot(PEMPrivate)
	}
	derive, err := kdf(params.KDF)
	if err != nil {
		return nil, err
	}
	if !decode(params.Scheme.Parameters.FullBytes, &iv) {
		return nil, damaged
	}
	if pass == nil {
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	key, err := derive(pass.Bytes(), with.key)
	if err != nil {
		return nil, damaged
	}
	defer secret.Wipe(key)
	return with.open(key, iv, file.Data)
}

// decode wants all of b read.
func decode(b []byte, to any) bool {
	rest, err := asn1.Unmarshal(b, to)
	return err == nil && len(rest) == 0
}

// kdf reads how the key is made of a passphrase, within bounds.
func kdf(id pkix.AlgorithmIdentifier) (func(pass []byte, size int) ([]byte, error), error) {
	damaged := fault.New(fault.BadIdentity, "", nil)
	switch {
	case id.Algorithm.Equal(oidPBKDF2):
		var p pbkdf2Params
		if !decode(id.Parameters.FullBytes, &p) || p.Iterations < 1 {
			return nil, damaged
		}
		prf, ok := pbkdf2Hashes[p.PRF.Algorithm.String()]
		if !ok {
			return nil, cannot(PEMPrivate)
		}
		if p.Iterations > maxIterations {
			return nil, fault.New(fault.WorkFactor, "", nil)
		}
		return func(pass []byte, size int) ([]byte, error) {
			// A copy that only Do erases; what Key makes of it is one more.
			return pbkdf2.Key(prf, string(pass), p.Salt, p.Iterations, size)
		}, nil
	case id.Algorithm.Equal(oidScrypt):
		var p scryptParams
		if !decode(id.Parameters.FullBytes, &p) || p.N < 2 || p.N&(p.N-1) != 0 || p.R < 1 || p.P < 1 {
			return nil, damaged
		}
		if p.R > 1<<10 || p.P > 1<<10 || p.N > maxScryptMemory/128/p.R || p.N > maxScryptWork/p.R/p.P {
			return nil, fault.New(fault.WorkFactor, "", nil)
		}
		return func(pass []byte, size int) ([]byte, error) {
			return scrypt.Key(pass, p.Salt, p.N, p.R, p.P, size)
		}, nil
	}
	return nil, cannot(PEMPrivate)
}

// open decrypts CBC, and takes wrong padding, and what is no key, for a wrong
// passphrase.
func (c blockCipher) open(key, iv, data []byte) (*secret.Buffer, error) {
	block, err := c.make(key)
	if err != nil || len(iv) != block.BlockSize() || len(data) == 0 || len(data)%len(iv) != 0 {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	plain := make([]byte, len(data))
	defer secret.Wipe(plain)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > len(iv) || !isDER(plain[:len(plain)-pad]) {
		return nil, fault.New(fault.WrongPassphrase, "", nil)
	}
	out := secret.New(len(plain) - pad)
	copy(out.Bytes(), plain)
	return out, nil
}
