package secret

import (
	"io"

	"cryptodesk/engine/fault"
)

// ReadAll reads r to its end straight into guarded memory, with no buffer in between. More than max bytes are
// fault.TooLarge; a failing r gives its error. Nothing read stays behind on an error.
func ReadAll(r io.Reader, max int) (*Buffer, error) {
	buf := New(min(512, max+1))
	defer func() { buf.Destroy() }()
	for n, idle := 0, 0; ; {
		got, err := r.Read(buf.data[n:])
		n += got
		switch {
		case n > max:
			return nil, fault.New(fault.TooLarge, "", nil)
		case err == io.EOF:
			return cut(buf, n), nil
		case err != nil:
			return nil, fault.FromOS("", err)
		case got > 0:
			idle = 0
		case idle == 100:
			return nil, fault.New(fault.Internal, "", io.ErrNoProgress)
		default:
			idle++
		}
		if n == len(buf.data) {
			grown := New(min(2*n, max+1))
			move(grown.data, buf.data)
			buf.Destroy()
			buf = grown
		}
	}
}

// cut returns the first n bytes of b in a Buffer of that size.
func cut(b *Buffer, n int) *Buffer {
	c := New(n)
	move(c.data, b.data)
	return c
}
