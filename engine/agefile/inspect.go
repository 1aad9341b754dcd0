package agefile

import (
	"bytes"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
)

// Inspect says what can be known of the file at path without a key. The error is
// about reaching the file; what is wrong inside it is in Info.Problem.
func Inspect(path string) (Info, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return Info{}, err
	}
	defer src.Close()
	info := InspectReader(src, src.Size())
	if info.Problem != nil {
		info.Problem = fault.New(info.Problem.Kind, path, info.Problem.Err)
	}
	return info, nil
}

// InspectReader is Inspect of size bytes in r; it cannot fail to reach them.
func InspectReader(r io.ReaderAt, size int64) Info {
	info := Info{Size: size, PlainSize: -1}
	l, err := readLayout(r, size)
	info.Armored = l.armored
	if err != nil {
		info.Problem = fault.As(err)
		return info
	}
	info.describe(stanzas(l.raw))
	payload := size - l.payload - stream.NonceSize
	if l.armored {
		binary := dearmoredSize(r, size)
		if binary < 0 {
			info.Problem = fault.New(fault.ArmorDamaged, "", nil)
			return info
		}
		payload = binary - int64(len(l.raw)) - stream.NonceSize
	}
	if info.PlainSize, err = stream.PlainSize(payload); err != nil {
		info.PlainSize = -1
		if info.Problem == nil {
			info.Problem = fault.As(err)
		}
	}
	info.PlainSizeExact = info.PlainSize >= 0
	return info
}

// stanzas are what age's own parser finds in a header it accepts.
func stanzas(raw []byte) []*age.Stanza {
	var look looker
	age.DecryptHeader(raw, &look) // always "no match"; the parse is what counts
	return look
}

// looker is an identity that opens nothing and remembers what it was offered.
type looker []*age.Stanza

func (l *looker) Unwrap(s []*age.Stanza) ([]byte, error) {
	*l = s
	return nil, age.ErrIncorrectIdentity
}

// describe fills in what the stanzas say.
func (info *Info) describe(all []*age.Stanza) {
	quantum, classic := 0, 0
	for _, s := range all {
		// Clones, because the parser's strings keep the whole line alive: 1.5 KiB
		// a file in a plan of thousands.
		stanza := Stanza{Type: strings.Clone(s.Type)}
		switch s.Type {
		case scryptType:
			info.Passphrase = true
			_, logN, err := parseScrypt(s)
			switch {
			case err != nil:
				info.Problem = fault.New(fault.HeaderDamaged, "", err)
			case logN > maxWorkFactor:
				info.WorkFactor, info.Problem = logN, fault.New(fault.WorkFactor, "", nil)
			default:
				info.WorkFactor = logN
			}
		case "mlkem768x25519", "mlkem768p256tag":
			quantum++
		case "X25519", "ssh-rsa", "ssh-ed25519", "p256tag":
			classic++
		}
		if named[s.Type] && len(s.Args) > 0 {
			stanza.Tag = strings.Clone(s.Args[0])
		}
		info.Stanzas = append(info.Stanzas, stanza)
	}
	if info.Passphrase && len(all) > 1 {
		info.Problem = fault.New(fault.HeaderDamaged, "", nil)
	}
	info.PostQuantum = quantum > 0 && classic == 0
}

// named are the stanza types whose first argument says which key: for SSH the
// start of the key's SHA-256, for hardware tags a value its owner recognises.
var named = map[string]bool{"ssh-rsa": true, "ssh-ed25519": true, "p256tag": true, "mlkem768p256tag": true}

// dearmoredSize is what strict armor of size bytes holds, by the length of its
// lines, looking only at both ends: lines of 64 columns, so 48 bytes each. It is
// negative when an end is missing.
func dearmoredSize(r io.ReaderAt, size int64) int64 {
	head := make([]byte, min(size, armorLook))
	tail := make([]byte, min(size, armorLook))
	if !readFull(r, head, 0) || !readFull(r, tail, size-int64(len(tail))) {
		return -1
	}
	begin := bytes.Index(head, []byte(armor.Header))
	if begin < 0 {
		return -1
	}
	line := bytes.IndexByte(head[begin:], '\n')
	end := bytes.LastIndex(tail, []byte(armor.Footer))
	if line < 0 || end < 0 {
		return -1
	}
	from := int64(begin + line + 1)
	eol := int64(1)
	if line > 0 && head[begin+line-1] == '\r' {
		eol = 2
	}
	text := size - int64(len(tail)) + int64(end) - from
	lines, rest := text/(armorColumns+eol), text%(armorColumns+eol)
	body := lines * armorColumns
	if rest > 0 {
		body += rest - eol
	}
	last := bytes.TrimRight(tail[:end], "\r\n")
	padding := len(last) - len(bytes.TrimRight(last, "="))
	return body/4*3 - int64(padding)
}

func readFull(r io.ReaderAt, p []byte, off int64) bool {
	n, _ := r.ReadAt(p, off)
	return n == len(p)
}
