package agefile

import (
	"encoding/json"

	"cryptodesk/engine/fault"
)

// Info is what can be known of an age file without any key.
type Info struct {
	Armored        bool         `json:"armored"`
	Size           int64        `json:"size"`           // bytes of the file as it is
	PlainSize      int64        `json:"plainSize"`      // bytes after decryption; -1 when not known
	PlainSizeExact bool         `json:"plainSizeExact"` // false: PlainSize is an upper bound
	Passphrase     bool         `json:"passphrase"`
	WorkFactor     int          `json:"workFactor,omitempty"` // scrypt logN of a passphrase file
	PostQuantum    bool         `json:"postQuantum"`          // every stanza a key could open is post-quantum
	Stanzas        []Stanza     `json:"stanzas"`
	Problem        *fault.Error `json:"-"` // what is wrong with the part that can be read, nil if nothing
}

// Stanza is one way into a file.
type Stanza struct {
	Type string `json:"type"`          // as in the header: "X25519", "mlkem768x25519", "scrypt", "ssh-rsa", ...
	Tag  string `json:"tag,omitempty"` // what the header says of the key: ssh and tag stanzas name theirs, others stay anonymous
}

// MarshalJSON writes the fields above, and the kind of Problem as "problem".
func (i Info) MarshalJSON() ([]byte, error) {
	type plain Info
	return json.Marshal(struct {
		plain
		Problem fault.Kind `json:"problem,omitempty"`
	}{plain(i), problemKind(i.Problem)})
}

func problemKind(f *fault.Error) fault.Kind {
	if f == nil {
		return ""
	}
	return f.Kind
}
