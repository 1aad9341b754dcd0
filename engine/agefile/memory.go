package agefile

import (
	"context"

	"filippo.io/age"

	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// DecryptMemory opens a small file, such as an encrypted identity file,
// straight into guarded memory: fault.TooLarge past max bytes of plaintext. The
// caller destroys the result.
func DecryptMemory(ctx context.Context, src *safefile.Source, ids []age.Identity, max int) (_ *secret.Buffer, err error) {
	defer func() { err = about(src.Path(), err) }()
	p, err := openPayload(ctx, src, ids, Options{Workers: 1})
	if err != nil {
		return nil, err
	}
	defer p.key.Destroy()
	r := p.reader(ctx)
	defer r.Close()
	return secret.ReadAll(r, max)
}
