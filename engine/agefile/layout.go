package agefile

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/fault"
)

const (
	intro        = "age-encryption.org/v1\n"
	introFamily  = "age-encryption.org/"
	armorLook    = 4 << 10 // where to look for an armor line that is not where it should be
	armorColumns = 64
	armorBuffer  = 256 << 10
)

// layout is where the parts of an age file are.
type layout struct {
	raw     []byte // the header, dearmored
	armored bool
	payload int64     // offset of the nonce in a binary file
	body    io.Reader // of an armored file: the dearmored rest, from the nonce on
}

// ReadHeader reads the header of an age file of size bytes: its exact (dearmored)
// bytes, whether the file is armored, and where the payload's nonce starts in a
// binary file. Errors: Empty, NotEncrypted, TooNew, HeaderDamaged, ArmorDamaged, Truncated.
func ReadHeader(r io.ReaderAt, size int64) (raw []byte, armored bool, payload int64, err error) {
	l, err := readLayout(r, size)
	return l.raw, l.armored, l.payload, err
}

func readLayout(r io.ReaderAt, size int64) (layout, error) {
	start := make([]byte, min(size, armorLook))
	n, err := r.ReadAt(start, 0)
	if err != nil && err != io.EOF {
		return layout{}, fault.FromOS("", err)
	}
	return layoutOf(start[:n], io.NewSectionReader(r, 0, size))
}

// layoutOf reads the layout of the file in r, whose first bytes are start.
func layoutOf(start []byte, r io.Reader) (l layout, err error) {
	src := &reading{r: r}
	if l.armored = looksArmored(start); !l.armored {
		if k := introFault(start); k != "" {
			return l, fault.New(k, "", nil)
		}
		l.raw, err = age.ExtractHeader(src)
		l.payload = int64(len(l.raw))
		return l, headerFault(err, src.err)
	}
	// A bufio.Reader is what age reads from as it is: it then stands at the nonce.
	body := bufio.NewReader(armor.NewReader(bufio.NewReaderSize(src, armorBuffer)))
	if start, err = body.Peek(len(intro)); err == nil || err == io.EOF {
		if k := introFault(start); k != "" {
			return l, fault.New(k, "", nil)
		}
	}
	l.raw, err = age.ExtractHeader(body)
	l.body = body
	return l, headerFault(err, src.err)
}

// reading remembers why the disk failed, which parsers do not always pass on.
type reading struct {
	r   io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// headerFault gives an error of age's header or armor parser its kind.
func headerFault(err, disk error) error {
	switch {
	case err == nil:
		return nil
	case disk != nil:
		return fault.FromOS("", disk)
	case errors.As(err, new(*armor.Error)):
		return fault.New(fault.ArmorDamaged, "", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Truncated, "", err)
	}
	return fault.New(fault.HeaderDamaged, "", err)
}

// looksArmored also recognises armor that strict parsing will refuse: it is
// better called damaged than not an encrypted file.
func looksArmored(start []byte) bool {
	if bytes.HasPrefix(start, []byte(introFamily)) {
		return false
	}
	for line := range bytes.Lines(start) {
		text, dashes := bytes.CutPrefix(bytes.TrimSpace(line), []byte("-----"))
		if dashes && hasPrefixFold(bytes.TrimLeft(text, "- "), "BEGIN AGE") {
			return true
		}
	}
	return false
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// introFault judges the first line: "" if it is right.
func introFault(start []byte) fault.Kind {
	if len(start) == 0 {
		return fault.Empty
	}
	if bytes.HasPrefix(start, []byte(intro)) {
		return ""
	}
	if len(start) < len(intro) && bytes.HasPrefix([]byte(intro), start) {
		return fault.Truncated
	}
	line, _, whole := bytes.Cut(start, []byte("\n"))
	if version, ok := bytes.CutPrefix(line, []byte(introFamily+"v")); ok && whole && isNumber(version) {
		return fault.TooNew
	}
	// A bit or two that flipped in the one line every age file has.
	wrong := 0
	for i := range min(len(start), len(intro)) {
		if start[i] != intro[i] {
			wrong++
		}
	}
	if len(start) >= len(intro) && wrong <= 2 {
		return fault.HeaderDamaged
	}
	return fault.NotEncrypted
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) < 10
}
