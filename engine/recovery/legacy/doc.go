// Package legacy reads what the common tutorials on cryptography in scripting languages write: a file encrypted with AES-ECB
// under a passphrase used as the key, AES-EAX as nonce, tag and ciphertext, RSA-OAEP, a session key under RSA-OAEP before
// AES-EAX, and private keys in PEM.
//
// It owns the guesses: what a file without any mark could be, what a passphrase was made into to be a key, and which of the
// results looks like something. It only reads. Where a format has no authentication, nothing proves a result right, and every
// [Found] says so.
//
// It may import identity, secret and fault, and github.com/ProtonMail/go-crypto for EAX. Keys and plaintext are in guarded
// memory or inside secret.Do, and what is not returned is wiped. It never touches files.
package legacy
