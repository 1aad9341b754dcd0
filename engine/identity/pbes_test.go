package identity

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"testing"
)

// encryptedFile is an encrypted PKCS#8 file with these parameters, and noise.
func encryptedFile(t *testing.T, kdf asn1.ObjectIdentifier, params any) []byte {
	t.Helper()
	raw := func(v any) asn1.RawValue { return asn1.RawValue{FullBytes: must(asn1.Marshal(v))} }
	aes := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	inner := pbes2Params{
		pkix.AlgorithmIdentifier{Algorithm: kdf, Parameters: raw(params)},
		pkix.AlgorithmIdentifier{Algorithm: aes, Parameters: raw(make([]byte, 16))},
	}
	file := encryptedPKCS8{pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: raw(inner)}, make([]byte, 160)}
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: must(asn1.Marshal(file))})
}
