package legacy

import (
	"crypto/aes"
	"crypto/cipher"
	"strconv"

	"github.com/ProtonMail/go-crypto/eax"

	"cryptodesk/engine/secret"
)

// All of this runs inside secret.Do.

// cipherOf makes AES of a key, whose length is one of AES's.
func cipherOf(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for another length
	}
	return block
}

// eax opens nonce, tag and ciphertext, and says whether it did.
func (o *opening) eax(f form, k key) bool {
	plain, ok := openEAX(f.bytes, k.bytes)
	if !ok {
		return false
	}
	defer secret.Wipe(plain)
	what, material := look(plain)
	o.note(EAX, true, plain, what, material, "AES-"+bits(k.bytes)+"-EAX", k.made, string(f.encoding))
	return true
}

func openEAX(file, key []byte) ([]byte, bool) {
	aead, err := eax.NewEAXWithNonceAndTagSize(cipherOf(key), nonceSize, tagSize)
	if err != nil {
		panic(err) // only for other sizes
	}
	nonce, tag, body := file[:nonceSize], file[nonceSize:nonceSize+tagSize], file[nonceSize+tagSize:]
	// The other order: ciphertext, tag.
	turned := append(append(make([]byte, 0, len(file)-nonceSize), body...), tag...)
	plain, err := aead.Open(nil, nonce, turned, nil)
	return plain, err == nil
}

// ecb decrypts block after block, which never fails, and notes what came out.
func (o *opening) ecb(f form, k key) {
	block := cipherOf(k.bytes)
	plain := make([]byte, len(f.bytes))
	defer secret.Wipe(plain)
	for at := 0; at < len(plain); at += blockSize {
		block.Decrypt(plain[at:], f.bytes[at:])
	}
	w := weigh(plain)
	if w.what == Noise && len(plain) > maxNoise {
		return
	}
	padding := w.padding
	if padding != "" {
		padding = "padding " + padding
	}
	o.note(ECB, false, w.plain, w.what, w.material, "AES-"+bits(k.bytes)+"-ECB", k.made, padding, string(f.encoding))
}

func bits(key []byte) string { return strconv.Itoa(8 * len(key)) }
