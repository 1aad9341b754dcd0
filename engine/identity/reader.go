package identity

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"cryptodesk/engine/fault"
)

// reader reads the lines of a recipients file, or of authorized_keys.
type reader struct {
	people []Contact
	added  time.Time
	line   int
	title  string // the comment right above
	block  []byte // the label of the PEM block it is in; nil for none
	inside []byte // of that block
	short  int    // the first line with a key of a sort that cannot be used; 0 for none
}

func (r *reader) read(text []byte) ([]Contact, error) {
	if ofDER(text) == PublicKeys {
		if err := r.spki(text); err != nil {
			return nil, err
		}
		return r.finish()
	}
	for line := range bytes.Lines(trimBOM(text)) {
		r.line++
		if err := r.readLine(bare(line)); err != nil {
			return nil, err
		}
	}
	if r.block != nil { // its end is missing
		return nil, badKey(r.line)
	}
	return r.finish()
}

func badKey(line int) error {
	return fault.New(fault.BadRecipient, "line "+strconv.Itoa(line), nil)
}

func (r *reader) readLine(line []byte) error {
	what := ofLine(line)
	begins := bytes.HasPrefix(line, []byte("-----BEGIN ")) || bytes.HasPrefix(line, []byte("---- BEGIN "))
	switch {
	case r.block != nil:
		return r.readBlock(line)
	case begins && what == PublicKeys:
		r.block, r.inside = bytes.Clone(label(line)), nil
	case len(line) == 0:
		r.title = ""
	case line[0] == '#':
		r.comment(line)
	case what == PublicKeys:
		return r.key(string(skipOptions(line)))
	case what == OtherPublic, what.Private(), looksLikeKey(line):
		return badKey(r.line)
	}
	return nil
}

// comment takes the name out of "# Ana" or "# name: Ana".
func (r *reader) comment(line []byte) {
	var meta Meta
	switch {
	case IsPublicKeyComment(line):
	case meta.Read(line):
		if meta.Name != "" {
			r.title = meta.Name
		}
	default:
		r.title, _ = CleanName(strings.TrimLeft(string(line), "# \t"))
	}
}

// key reads one line with a public key; line begins with it.
func (r *reader) key(line string) error {
	to, err := ParseRecipient(line)
	if err != nil {
		if _, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line)); err == nil {
			return r.refuse() // a short RSA key, ECDSA, ...
		}
		return badKey(r.line)
	}
	name := r.title
	if name == "" && (to.Kind == SSHEd25519 || to.Kind == SSHRSA) {
		if fields := strings.Fields(line); len(fields) > 2 {
			name, _ = CleanName(strings.Join(fields[2:], " "))
		}
	}
	return r.add(name, to)
}

func (r *reader) add(name string, to Recipient) error {
	if len(r.people) == maxKeys {
		return fault.New(fault.TooMany, "", nil)
	}
	r.title = ""
	r.people = append(r.people, Contact{Name: name, Recipient: to, Added: r.added})
	return nil
}

// refuse notes a key that cannot be used: the whole answer if it is the only one.
func (r *reader) refuse() error {
	if r.short == 0 {
		r.short = max(r.line, 1)
	}
	return nil
}

// readBlock reads on in a PEM block: SubjectPublicKeyInfo, PKCS#1, or the form
// of RFC 4716.
func (r *reader) readBlock(line []byte) error {
	if !bytes.HasPrefix(line, []byte("-----END ")) && !bytes.HasPrefix(line, []byte("---- END ")) {
		if r.inside = append(append(r.inside, line...), '\n'); len(r.inside) > maxCard {
			return badKey(r.line)
		}
		return nil
	}
	if !bytes.Equal(label(line), r.block) {
		return badKey(r.line)
	}
	ssh2 := string(r.block) == "SSH2 PUBLIC KEY"
	r.block = nil
	if ssh2 {
		return r.ssh2()
	}
	der, _ := unarmor(r.inside)
	defer der.Destroy()
	return r.spki(der.Bytes())
}

func (r *reader) spki(der []byte) error {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		if key, err = x509.ParsePKCS1PublicKey(der); err != nil {
			return badKey(max(r.line, 1))
		}
	}
	public, err := ssh.NewPublicKey(key)
	if err != nil {
		return r.refuse()
	}
	return r.key(sshText(public))
}

// ssh2 reads the inside of an RFC 4716 block: headers, which end in a backslash
// when they go on, and base64.
func (r *reader) ssh2() error {
	var blob []byte
	header := false
	for line := range bytes.Lines(r.inside) {
		line = bytes.TrimSpace(line)
		goesOn := header && bytes.HasSuffix(line, []byte("\\"))
		name, value, named := bytes.Cut(line, []byte(":"))
		switch {
		case named:
			if strings.EqualFold(string(name), "Comment") {
				r.title, _ = CleanName(strings.Trim(string(value), "\" "))
			}
			goesOn = bytes.HasSuffix(line, []byte("\\"))
		case !header:
			blob = append(blob, line...)
		}
		header = goesOn
	}
	raw, err := base64.StdEncoding.AppendDecode(nil, blob)
	if err != nil {
		return badKey(r.line)
	}
	public, err := ssh.ParsePublicKey(raw)
	if err != nil {
		return badKey(r.line)
	}
	return r.key(sshText(public))
}

// finish leaves nobody twice, and gives names to those without, so that no two
// are the same. A single one may stay without.
func (r *reader) finish() ([]Contact, error) {
	switch {
	case r.short > 0 && len(r.people) == 0:
		return nil, cannot(OtherPublic)
	case r.short > 0:
		return nil, badKey(r.short)
	case len(r.people) == 0:
		return nil, fault.New(fault.NoRecipients, "", nil)
	}
	people := r.people
	if c, ok := couple(people); ok {
		people = []Contact{c}
	}
	seen, taken := map[string]bool{}, map[string]bool{}
	people = slices.DeleteFunc(people, func(c Contact) bool {
		double := seen[c.Recipient.Text]
		seen[c.Recipient.Text] = true
		return double
	})
	if len(people) == 1 {
		return people, nil
	}
	for i := range people {
		c := &people[i]
		base, n := c.Name, 1
		if base == "" {
			base, n = "contact", i
			c.Name = ""
		}
		for c.Name == "" || taken[strings.ToLower(c.Name)] {
			n++
			c.Name = base + " " + strconv.Itoa(n)
		}
		taken[strings.ToLower(c.Name)] = true
	}
	return people, nil
}

// couple is the one person that a post-quantum key with a classic one behind
// it stands for, when there is nothing else.
func couple(people []Contact) (Contact, bool) {
	if len(people) != 2 || people[0].Recipient.PostQuantum() == people[1].Recipient.PostQuantum() ||
		people[1].Name != "" && people[1].Name != people[0].Name {
		return Contact{}, false
	}
	first, second := people[0], people[1]
	if second.Recipient.PostQuantum() {
		first.Recipient, second.Recipient = second.Recipient, first.Recipient
	}
	first.Classic = second.Recipient
	return first, true
}
