package agefile

// Options of one call. The zero value is right for one large file.
type Options struct {
	// Armor writes text (RFC 7468 style, as age -a) in place of binary.
	Armor bool
	// Workers seal or open the payload; 0 is all cores and one more.
	Workers int
	// Progress is called with the plaintext bytes done since the last call, from
	// any goroutine. It must be quick.
	Progress func(n int64)
	// Made is called with the header of what was written, once all of it was. It
	// must not keep the bytes.
	Made func(header []byte)
	// Header, if set, is used in place of a new one, and the recipients are
	// ignored. Many files of one passphrase share one header, so that scrypt is
	// paid once; each still has its own payload key, by its own random nonce.
	Header *Header
	// Scratch is the reusable memory of one worker that handles many small
	// files; nil makes some for the call.
	Scratch *Scratch
}

func (opt *Options) made(header []byte) {
	if opt.Made != nil {
		opt.Made(header)
	}
}
