package keyring

import "cryptodesk/engine/secret"

// Text is the plaintext of the whole keyring, an age identity file, in guarded
// memory, which the caller destroys. Errors: Locked, TooLarge.
func (k *Keyring) Text() (*secret.Buffer, error) {
	k.using.RLock()
	defer k.using.RUnlock()
	b, _, err := k.now()
	if err != nil {
		return nil, err
	}
	return b.marshal()
}
