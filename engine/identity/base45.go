package identity

import "strings"

// Base45 of RFC 9285: the letters of a QR code's alphanumeric mode, which
// takes 5.5 bits for one where bytes take 8.
const letters45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

func encode45(data []byte) string {
	out := make([]byte, 0, (len(data)+1)/2*3)
	for ; len(data) >= 2; data = data[2:] {
		n := int(data[0])<<8 | int(data[1])
		out = append(out, letters45[n%45], letters45[n/45%45], letters45[n/45/45])
	}
	if len(data) == 1 {
		out = append(out, letters45[data[0]%45], letters45[data[0]/45])
	}
	return string(out)
}

// decode45 refuses what encode45 does not write.
func decode45(text string) (data []byte, ok bool) {
	if len(text)%3 == 1 {
		return nil, false
	}
	data = make([]byte, 0, len(text)/3*2+1)
	for len(text) > 0 {
		group := text[:min(3, len(text))]
		text = text[len(group):]
		n, unit := 0, 1
		for _, letter := range []byte(group) {
			value := strings.IndexByte(letters45, letter)
			if value < 0 {
				return nil, false
			}
			n, unit = n+value*unit, unit*45
		}
		switch {
		case len(group) == 2 && n < 1<<8:
			data = append(data, byte(n))
		case len(group) == 3 && n < 1<<16:
			data = append(data, byte(n>>8), byte(n))
		default:
			return nil, false
		}
	}
	return data, true
}
