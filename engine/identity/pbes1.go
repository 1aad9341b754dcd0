package identity

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/sha1"
	"crypto/x509/pkix"
	"hash"
	"unicode/utf16"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// pbes1Params are those of RFC 8018, appendix A.3, and RFC 7292, appendix C.
type pbes1Params struct {
	Salt       []byte
	Iterations int
}

// oldCipher is a way of PKCS#8 files to be protected that OpenSSL used before
// version 1.1: only ever read here.
type oldCipher struct {
	hash func() hash.Hash
	make func([]byte) (cipher.Block, error)
	key  int  // bytes, of what is derived
	p12  bool // derived as in PKCS#12, else as PBKDF1
}

var oldCiphers = map[string]oldCipher{
	"1.2.840.113549.1.5.3":    {md5.New, des.NewCipher, 8, false},
	"1.2.840.113549.1.5.10":   {sha1.New, des.NewCipher, 8, false},
	"1.2.840.113549.1.12.1.3": {sha1.New, des.NewTripleDESCipher, 24, true},
	"1.2.840.113549.1.12.1.4": {sha1.New, twoKeyDES, 16, true},
}

func twoKeyDES(key []byte) (cipher.Block, error) {
	whole := append(append(make([]byte, 0, 24), key...), key[:8]...)
	defer secret.Wipe(whole)
	return des.NewTripleDESCipher(whole)
}

// openPBES1 is openPKCS8 for what came before PBES2.
func openPBES1(id pkix.AlgorithmIdentifier, data []byte, pass *secret.Buffer) (*secret.Buffer, error) {
	with, ok := oldCiphers[id.Algorithm.String()]
	if !ok {
		return nil, cannot(PEMPrivate)
	}
	var p pbes1Params
	switch {
	case !decode(id.Parameters.FullBytes, &p), p.Iterations < 1, len(p.Salt) == 0, len(p.Salt) > 1<<10:
		return nil, fault.New(fault.BadIdentity, "", nil)
	case p.Iterations > maxIterations:
		return nil, fault.New(fault.WorkFactor, "", nil)
	case pass == nil:
		return nil, fault.New(fault.NeedPassphrase, "", nil)
	}
	var key, iv []byte
	if with.p12 {
		wide := bmpString(pass.Bytes())
		defer secret.Wipe(wide)
		key = p.pkcs12(with, 1, wide, with.key)
		iv = p.pkcs12(with, 2, wide, des.BlockSize)
	} else {
		both := p.pbkdf1(with, pass.Bytes())
		key, iv = both[:8], both[8:16]
	}
	defer secret.Wipe(key)
	return blockCipher{with.key, with.make}.open(key, iv, data)
}

// pbkdf1 is RFC 8018, section 5.1.
func (p pbes1Params) pbkdf1(with oldCipher, pass []byte) []byte {
	h := with.hash()
	h.Write(pass)
	h.Write(p.Salt)
	sum := h.Sum(nil)
	for range p.Iterations - 1 {
		h.Reset()
		h.Write(sum)
		sum = h.Sum(sum[:0])
	}
	return sum
}

// pkcs12 is RFC 7292, appendix B.2, for the purpose id and at most two hashes
// of bytes.
func (p pbes1Params) pkcs12(with oldCipher, id byte, pass []byte, size int) []byte {
	h := with.hash()
	v := h.BlockSize()
	diversifier := make([]byte, v)
	for i := range diversifier {
		diversifier[i] = id
	}
	in := append(repeated(p.Salt, v), repeated(pass, v)...)
	defer secret.Wipe(in)
	var out []byte
	for len(out) < size {
		h.Reset()
		h.Write(diversifier)
		h.Write(in)
		sum := h.Sum(nil)
		for range p.Iterations - 1 {
			h.Reset()
			h.Write(sum)
			sum = h.Sum(sum[:0])
		}
		out = append(out, sum...)
		addOne(in, repeated(sum, v)[:v])
	}
	return out[:size]
}

// repeated fills whole blocks of v bytes with b.
func repeated(b []byte, v int) []byte {
	out := make([]byte, (len(b)+v-1)/v*v)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}

// addOne adds b + 1 to every block of in.
func addOne(in, b []byte) {
	for at := 0; at < len(in); at += len(b) {
		carry := 1
		for i := len(b) - 1; i >= 0; i-- {
			carry += int(in[at+i]) + int(b[i])
			in[at+i] = byte(carry)
			carry >>= 8
		}
	}
}

// bmpString is the passphrase as PKCS#12 has it: UTF-16, and a zero behind.
func bmpString(pass []byte) []byte {
	var out []byte
	for _, r := range string(pass) {
		for _, u := range utf16.AppendRune(nil, r) {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return append(out, 0, 0)
}
