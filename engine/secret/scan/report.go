package scan

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// Kind is what a needle is a piece of. Its text for people is the translation "memory.kind.<kind>".
type Kind string

const (
	Passphrase Kind = "passphrase"
	PrivateKey Kind = "key"     // a private key, or one that derives from it
	Derived    Kind = "scrypt"  // what scrypt made of the passphrase
	FileKey    Kind = "file"    // the key of one encrypted file; the keyring is one too
	SessionKey Kind = "session" // the key of the sealed session state
	Control    Kind = "control" // planted, to see that the search is not blind
)

// Kinds returns every Kind a report can hold.
func Kinds() []Kind { return []Kind{Passphrase, PrivateKey, Derived, FileKey, SessionKey, Control} }

// Hit is a place where a piece of a secret lies.
type Hit struct {
	Kind    Kind
	Form    string // such as "utf-16le run", "bech32", "raw"; never the secret
	Mapping string // what the system calls this memory: "[heap]", "[stack]", a file, or "" for anonymous memory
	At      uint64 // its address
	Near    string // what surrounds it, by class: z zero, t text, . other; the hit itself is []
}

// Report is what one search of one process found.
type Report struct {
	Bytes    int64         // looked at
	Mappings int           // looked at
	Unread   int64         // bytes that the system did not let us read, such as a graphics card's
	Hits     []Hit         // the first thousand
	Count    map[Kind]int  // all of them, by what they are
	Guarded  int           // pieces inside guarded memory, where they belong; in none of the above
	Kept     map[Kind]int  // those, by what they are
	Distinct int           // needles that were found, inside or outside
	Took     time.Duration // wall clock
}

// Found is the number of hits, those of the planted control left out.
func (r *Report) Found() (n int) {
	for kind, c := range r.Count {
		if kind != Control {
			n += c
		}
	}
	return n
}

// Sees says whether the planted control was found.
func (r *Report) Sees() bool { return r.Count[Control] > 0 }

// String is for tests and logs: numbers and places, no secret.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d MiB in %d mappings, %d KiB not readable, %d guarded, %.1f s", r.Bytes>>20, r.Mappings, r.Unread>>10, r.Guarded, r.Took.Seconds())
	kinds := make([]string, 0, len(r.Count))
	for k, n := range r.Count {
		kinds = append(kinds, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(kinds)
	fmt.Fprintf(&b, "; hits: %s", strings.Join(kinds, ", "))
	for _, h := range r.Hits {
		if h.Kind != Control {
			fmt.Fprintf(&b, "\n  %s (%s) at %#x in %s: %s", h.Kind, h.Form, h.At, named(h.Mapping), h.Near)
		}
	}
	return b.String()
}

func named(mapping string) string {
	if mapping == "" {
		return "anonymous memory"
	}
	return mapping
}
