package agefile

import (
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// PassphraseLock is all that a passphrase is tried on: the one stanza in the
// header of a file that is encrypted with a passphrase. None of it is secret.
type PassphraseLock struct {
	LogN int    // of scrypt with r = 8, p = 1
	Salt []byte // of scrypt, the label of age included
	Box  []byte // the file key, sealed with what scrypt gives
}

// ReadPassphraseLock finds the lock of the file at path, which may be a
// keyring, a backup or any file encrypted with a passphrase. Errors: those of
// reading and of ReadHeader, NotPassphrase, WorkFactor.
func ReadPassphraseLock(path string) (*PassphraseLock, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	raw, _, _, err := ReadHeader(src, src.Size())
	if err != nil {
		return nil, about(path, err)
	}
	all := stanzas(raw)
	for _, s := range all {
		if s.Type != scryptType {
			continue
		}
		salt, logN, err := parseScrypt(s)
		switch {
		case err != nil || len(all) > 1:
			return nil, fault.New(fault.HeaderDamaged, path, err)
		case logN > maxWorkFactor:
			return nil, fault.New(fault.WorkFactor, path, fmt.Errorf("scrypt work factor 2^%d", logN))
		}
		return &PassphraseLock{LogN: logN, Salt: append([]byte(scryptLabel), salt[:]...), Box: s.Body}, nil
	}
	return nil, fault.New(fault.NotPassphrase, path, nil)
}

// Opens says whether key, what scrypt gave for a passphrase, opens the lock.
func (l *PassphraseLock) Opens(key []byte) bool {
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return false
	}
	fileKey, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), l.Box, nil)
	clear(fileKey)
	return err == nil
}
