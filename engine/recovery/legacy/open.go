package legacy

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// maxNoise is how long something may be that looks like nothing, in bytes, to be shown all the same: a bare key does. maxShown
// is how many of them.
const (
	maxNoise = 64
	maxShown = 6
)

// Secrets are what may open a file: a passphrase, and the content of the file of a key, which is a private key in PEM, or the
// bytes of a key for AES, as they are or in letters. Either may be nil.
type Secrets struct {
	Passphrase *secret.Buffer
	Key        *secret.Buffer
}

// Found is what came out.
type Found struct {
	Format Format
	// Authenticated says that the format proves this to be what was encrypted, with this very key. Without it, nothing does:
	// how it looks is all there is. Neither says who encrypted it.
	Authenticated bool
	What          What
	Material      identity.Material // what kind of Key
	Detail        string            // how it was encrypted, in the names of the formats, for those who ask
	Plain         *secret.Buffer
}

// Close wipes what came out; nil-safe, idempotent.
func (f *Found) Close() {
	if f != nil {
		f.Plain.Destroy()
	}
}

// Close wipes all of a list.
func Close(list []*Found) {
	for _, f := range list {
		f.Close()
	}
}

// Open tries what data can be, or only one format, with what may open it. What is authenticated comes alone; otherwise all
// that looks like something, best first, or up to 64 bytes that do not, since a bare key looks like nothing. A private key in
// PEM comes as it is, encrypted or not, to be imported. data and the secrets stay the caller's. Errors: LegacyUnknown (none of
// these formats), LegacyNothing (nothing came out), NeedPassphrase (or a key), LegacyNeedKey (only a private key opens it),
// TooLarge, Cancelled, and those of identity.LendRSA.
func Open(ctx context.Context, data *secret.Buffer, how Format, with Secrets) ([]*Found, error) {
	if data.Len() > MaxFile {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	guesses := Look(data.Bytes())
	if how != Any {
		guesses = slices.DeleteFunc(guesses, func(g Guess) bool { return g.Format != how })
	}
	if len(guesses) == 0 {
		return nil, fault.New(fault.LegacyUnknown, "", nil)
	}
	if guesses[0].Format == PEM {
		m := identity.Recognise(data.Bytes())
		return []*Found{{Format: PEM, What: Key, Material: m, Plain: data.Clone()}}, nil
	}
	o := &opening{ctx: ctx, wanted: guesses}
	var err error
	if isRSA(with.Key) {
		err = o.rsa(data, with)
	} else {
		err = o.aes(data, with)
	}
	if err == nil && ctx.Err() != nil {
		err = fault.New(fault.Cancelled, "", ctx.Err())
	}
	if err == nil && len(o.found) == 0 {
		err = fault.New(fault.LegacyNothing, "", nil)
	}
	if err != nil {
		Close(o.found)
		return nil, err
	}
	return o.found, nil
}

func isRSA(key *secret.Buffer) bool {
	m := identity.Recognise(key.Bytes())
	return m == identity.PEMPrivate || m == identity.OpenSSHPrivate
}

// opening is one Open.
type opening struct {
	ctx    context.Context
	wanted []Guess
	found  []*Found
}

func (o *opening) wants(format Format, f form) bool {
	return slices.Contains(o.wanted, Guess{format, f.encoding}) && fits(format, len(f.bytes))
}

func (o *opening) wantsOnlyRSA() bool {
	return !slices.ContainsFunc(o.wanted, func(g Guess) bool { return !g.Format.RSA() })
}

// aes tries every key that may have been meant.
func (o *opening) aes(data *secret.Buffer, with Secrets) error {
	if o.wantsOnlyRSA() {
		return fault.New(fault.LegacyNeedKey, "", nil)
	}
	if with.Passphrase.Len() == 0 && with.Key.Len() == 0 {
		return fault.New(fault.NeedPassphrase, "", nil)
	}
	secret.Do(func() {
		candidates := keys(with.Passphrase.Bytes(), with.Key.Bytes())
		defer func() {
			for _, k := range candidates {
				secret.Wipe(k.bytes)
			}
		}()
		for _, f := range forms(data.Bytes()) {
			for _, k := range candidates {
				if o.ctx.Err() == nil && o.wants(EAX, f) && o.eax(f, k) {
					return
				}
			}
		}
		for _, f := range forms(data.Bytes()) {
			for _, k := range candidates {
				if o.ctx.Err() == nil && o.wants(ECB, f) {
					o.ecb(f, k)
				}
			}
		}
		o.choose()
	})
	return nil
}

// choose keeps what looks like something, or if nothing does, what is short enough to be a key.
func (o *opening) choose() {
	slices.SortStableFunc(o.found, func(a, b *Found) int { return cmp.Compare(a.What, b.What) })
	for i, f := range o.found {
		worse := f.What == Noise && (o.found[0].What != Noise || f.Plain.Len() > maxNoise)
		if worse || i >= maxShown {
			Close(o.found[i:])
			o.found = o.found[:i]
			return
		}
	}
}

// note keeps what came out; plain is copied.
func (o *opening) note(format Format, authenticated bool, plain []byte, what What, material identity.Material, detail ...string) {
	b := secret.New(len(plain))
	copy(b.Bytes(), plain)
	detail = slices.DeleteFunc(detail, func(s string) bool { return s == "" || s == string(Raw) })
	o.found = append(o.found, &Found{Format: format, Authenticated: authenticated, What: what, Material: material,
		Detail: strings.Join(detail, ", "), Plain: b})
}
