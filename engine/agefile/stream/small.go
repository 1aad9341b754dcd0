package stream

// SealSmall appends the payload of plain to dst and answers the longer slice.
// It starts no goroutine and, when dst has room for EncryptedSize(len(plain))
// more bytes, allocates only the 32 bytes of the payload key. plain may start
// exactly where dst ends if it is one chunk at most; else they must not
// overlap. Call it inside secret.Do.
func SealSmall(dst, plain, fileKey []byte, nonce [NonceSize]byte) []byte {
	c := newChunks(fileKey, nonce)
	for i := int64(0); ; i++ {
		n := min(len(plain), ChunkSize)
		last := n == len(plain)
		dst = c.seal(dst, plain[:n], i, last)
		if plain = plain[n:]; last {
			return dst
		}
	}
}

// OpenSmall appends the plaintext of a whole payload to dst and answers the
// longer slice; nil with the faults of Open. It starts no goroutine and, when
// dst has room, allocates only the 32 bytes of the payload key. dst and
// payload must not overlap. After an error the bytes behind dst are worthless.
// Call it inside secret.Do.
func OpenSmall(dst, payload, fileKey []byte, nonce [NonceSize]byte) ([]byte, error) {
	c := newChunks(fileKey, nonce)
	for i := int64(0); ; i++ {
		n := min(len(payload), sealedChunk)
		last := n == len(payload)
		var err error
		if dst, err = c.open(dst, payload[:n], i, last); err != nil {
			return nil, err
		}
		if payload = payload[n:]; last {
			return dst, nil
		}
	}
}
