package identity

import "cryptodesk/engine/secret"

// Clone is a copy with a life of its own. Errors: Locked (destroyed).
func (k *KeyPair) Clone() (*KeyPair, error) {
	c := &KeyPair{public: k.Public()}
	err := k.key.Open(func(key []byte) error {
		copied := secret.New(len(key))
		copy(copied.Bytes(), key)
		c.key = secret.Seal(copied)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}
