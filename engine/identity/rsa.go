package identity

import (
	"crypto/rsa"
	"crypto/x509"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

// minOldRSA is what there is to be read of, in bits; nothing is encrypted to
// such a key any more.
const minOldRSA = 1024

// LendRSA calls f, inside secret.Do, with the first RSA private key of a text
// or DER file, for reading what a program encrypted straight to it. f must not
// keep it. Unlike ImportKeys it takes keys from 1,024 bits on. b stays the
// caller's. It returns f's error, or those of ImportKeys.
func LendRSA(b *secret.Buffer, ask Ask, f func(*rsa.PrivateKey) error) error {
	if b.Len() > maxFile {
		return fault.New(fault.TooLarge, "", nil)
	}
	var list []found
	var wide *secret.Buffer
	bad := 0
	secret.Do(func() {
		var text []byte
		text, wide = narrow(b.Bytes())
		list, bad = scan(text)
	})
	defer wide.Destroy()
	for _, one := range list {
		if one.what == PEMPrivate || one.what == OpenSSHPrivate {
			return one.lendRSA(ask, f)
		}
	}
	return nothing(b.Bytes(), bad)
}

// lendRSA asks until the passphrase is right, if it needs one.
func (f found) lendRSA(ask Ask, use func(*rsa.PrivateKey) error) error {
	err := f.tryRSA(nil, use)
	for again := false; fault.Of(err) == fault.NeedPassphrase && !again || fault.Of(err) == fault.WrongPassphrase; again = true {
		if ask == nil {
			return fault.New(fault.NeedPassphrase, "", nil)
		}
		pass, failed := ask(again)
		if failed != nil {
			return failed
		}
		err = f.tryRSA(pass, use)
		pass.Destroy()
	}
	return err
}

func (f found) tryRSA(pass *secret.Buffer, use func(*rsa.PrivateKey) error) (err error) {
	secret.Do(func() {
		var key *rsa.PrivateKey
		if key, err = f.rsa(pass); err == nil {
			err = use(key)
		}
	})
	return err
}

// rsa reads the key. Runs inside Do, as what follows does.
func (f found) rsa(pass *secret.Buffer) (*rsa.PrivateKey, error) {
	if f.what == OpenSSHPrivate {
		return f.sshRSA(pass)
	}
	if f.label == nil {
		return rsaDER(f.body, pass)
	}
	if len(f.body) > 2*maxSSH {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	der, dek := unarmor(f.body)
	if der == nil {
		return nil, fault.New(fault.BadIdentity, "", nil)
	}
	defer der.Destroy()
	if dek == nil {
		return rsaDER(der.Bytes(), pass)
	}
	plain, err := openDEK(der.Bytes(), string(dek), pass)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plain)
	return rsaDER(plain, nil)
}

// sshRSA takes the way through a key pair, which checks everything.
func (f found) sshRSA(pass *secret.Buffer) (key *rsa.PrivateKey, err error) {
	pair, err := f.read(pass)
	if err != nil {
		return nil, err
	}
	defer pair.Destroy()
	err = pair.key.Open(func(text []byte) error {
		parsed, err := ssh.ParseRawPrivateKey(text)
		if key, _ = parsed.(*rsa.PrivateKey); err != nil || key == nil {
			return cannot(OtherPrivate)
		}
		return nil
	})
	return key, err
}

// rsaDER is readDER for the key alone.
func rsaDER(der []byte, pass *secret.Buffer) (*rsa.PrivateKey, error) {
	damaged := fault.New(fault.BadIdentity, "", nil)
	tag, outer, after := element(der)
	if tag != 0x30 || len(after) > 0 || len(der) > maxSSH {
		return nil, damaged
	}
	if tag, _, _ := element(outer); tag == 0x30 {
		plain, err := openPKCS8(der, pass)
		if err != nil {
			return nil, err
		}
		defer plain.Destroy()
		return rsaDER(plain.Bytes(), nil)
	}
	_, _, after = element(outer) // behind the version
	tag, second, _ := element(after)
	if tag == 0x30 { // PKCS#8: the algorithm, and the key in octets
		_, oid, _ := element(second)
		if string(oid) != string(oidRSA) {
			return nil, cannot(OtherPrivate)
		}
		_, _, after = element(after)
		_, inner, _ := element(after)
		return rsaDER(inner, nil)
	}
	if tag != 0x02 {
		return nil, damaged
	}
	if bits := rsaBits(second); bits < minOldRSA || bits > maxRSA {
		return nil, cannot(OtherPrivate)
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, damaged
	}
	return key, nil
}
