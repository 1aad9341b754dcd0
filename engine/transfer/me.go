package transfer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"time"

	"cryptodesk/engine/fault"
)

// Me is this end of a channel: the key that proves who it is, in a certificate
// that says nothing else.
type Me struct {
	key         crypto.Signer
	certificate tls.Certificate
}

// NewMe takes the signing key of one's key pair, which stays the caller's: it
// is opened once now, and once for each handshake and offer. Errors: those of
// signing.
func NewMe(key crypto.Signer) (*Me, error) {
	if _, ok := key.Public().(ed25519.PublicKey); !ok {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	// No name, and dates that never matter: whoever pins the key looks at
	// nothing else, and a clock that is wrong must not keep people apart.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), // RFC 5280 4.1.2.5: no end
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		if fault.Of(err) == fault.Internal {
			err = fault.New(fault.Internal, "", err)
		}
		return nil, err
	}
	return &Me{key: key, certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}, nil
}

// Public is the key that the other side has on the contact card.
func (m *Me) Public() ed25519.PublicKey { return m.key.Public().(ed25519.PublicKey) }

// Close destroys the key, if it can be; for whoever was handed Me.
func (m *Me) Close() {
	if key, ok := m.key.(interface{ Destroy() }); ok {
		key.Destroy()
	}
}

func (m *Me) sign(label string, message []byte) ([]byte, error) {
	return m.key.Sign(nil, append([]byte(label), message...), crypto.Hash(0))
}

// Peer is somebody who may be at the other end: a contact whose signing key is
// known.
type Peer struct {
	ID      string // of the contact, or of one's own key pair on another computer
	Name    string
	Signing ed25519.PublicKey
}
