package keyring

import (
	"bytes"
	"encoding/base64"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/secret"
)

// parser reads the plaintext of a keyring: every line in order, then, on all
// cores, the keys and people that were found (deriving and checking public keys
// is what takes long), then what depends on those.
type parser struct {
	known *book // whose keys and people need no second look; nil for none

	keys    []*found
	people  []*comment
	offers  []*comment
	groups  book // the groups only
	records map[string][]string

	meta  identity.Meta
	shown []byte     // the last comment with a public key, for a plugin's identity to take
	said  []byte     // a recipient in another comment, likewise
	stray []*comment // waiting for the key they stand before
}

// found is a line with a private key.
type found struct {
	number int
	text   []byte // guarded; nil when it was read at once
	meta   identity.Meta
	before []*comment

	pair    *identity.KeyPair // what the line is; or
	held    *identity.KeyPair // whose line it is, of those that are there already
	classic bool              // the second one of held
}

// comment is a line with no private key. What is not understood is kept: a
// later version's, or a person's.
type comment struct {
	line       []byte
	hide       bool // it is none, and the stock program would stumble over it
	person     identity.Contact
	offer      offer
	understood bool
}

// parse reads the plaintext of a keyring, guarded bytes that stay the
// caller's. Not to be called inside secret.Do: it starts goroutines. Errors:
// KeyringDamaged with the line as cause, KeyringTooNew, TooLarge, TooMany.
func parse(text []byte) (b *book, err error) {
	p := &parser{}
	if err := p.read(text); err != nil {
		return nil, err
	}
	b = &book{groups: p.groups.groups, contacts: p.contacts(), records: p.records}
	p.placeOffers(b)
	var keys []*identity.KeyPair
	secret.Do(func() {
		for _, f := range p.keys {
			if f.held != nil { // a second line, which has no place of its own later
				b.keep("", f.before)
				continue
			}
			keys = append(keys, f.pair)
			b.keep(f.pair.Public().ID, f.before)
		}
		b.keep("", p.stray)
	})
	b.forget(b.addKeys(keys))
	b.sortContacts()
	b.sortGroups()
	return b, nil
}

// read finds out what every line is.
func (p *parser) read(text []byte) error {
	if len(text) > maxPlain {
		return fault.New(fault.TooLarge, "", nil)
	}
	var err error
	secret.Do(func() { err = p.lines(text) })
	if err == nil {
		p.work()
		err = p.damage()
	}
	if err != nil {
		p.destroy()
	}
	return err
}

func (p *parser) destroy() {
	for _, f := range p.keys {
		f.pair.Destroy()
	}
}

func (p *parser) lines(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if err := p.line(number, bytes.Trim(line, " \t\r\n")); err != nil {
			return err
		}
	}
	if p.said != nil {
		p.comment(p.said)
	}
	return nil
}

func (p *parser) line(number int, line []byte) error {
	tagged := func(tag string) bool { return bytes.HasPrefix(line, []byte(tag)) }
	switch {
	case len(line) == 0, string(line) == title, string(line) == hint:
	case identity.IsPublicKeyComment(line):
		p.shown = line // a plugin's identity shows its recipient nowhere else
	case tagged(titleFamily):
		return fault.New(fault.KeyringTooNew, "", nil)
	case tagged(contactTag) && len(p.people) < maxContacts:
		p.people = append(p.people, p.comment(line))
	case tagged(offerTag) && len(p.offers) < maxContacts:
		p.offers = append(p.offers, p.comment(line))
	case tagged(sshTag) && p.sshKey(number, line[len(sshTag):]):
	case line[0] == '#' && p.record(line):
	case tagged(groupTag) && p.group(line[len(groupTag):]):
	case line[0] == '#' && p.readMeta(line):
	case tagged("AGE-PLUGIN-") && p.keyNow(number, line):
	case line[0] == '#':
		p.comment(line)
	case tagged("AGE-PLUGIN-"):
		p.comment(line).hide = true
	case len(p.keys) == 2*maxKeys: // each hybrid one brings its classic half
		return fault.New(fault.TooMany, "", nil)
	default:
		p.key(&found{number: number, text: line})
	}
	return nil
}

func (p *parser) comment(line []byte) *comment {
	c := &comment{line: line}
	p.stray = append(p.stray, c)
	return c
}

func (p *parser) readMeta(line []byte) bool {
	was := p.meta.Recipient
	known := p.meta.Read(line)
	if p.meta.Recipient != was {
		p.said, p.shown = line, nil
	}
	return known
}

// key takes a private key, and gives it the comments before it.
func (p *parser) key(f *found) {
	if p.said != nil && (f.pair == nil || f.pair.Public().Kind != identity.Plugin) {
		p.comment(p.said) // somebody's note after all
	}
	f.meta, f.before = p.meta, p.stray
	p.meta, p.said, p.shown, p.stray = identity.Meta{}, nil, nil, nil
	p.keys = append(p.keys, f)
}

// keyNow reads a private key whose line may stay a comment.
func (p *parser) keyNow(number int, text []byte) bool {
	if len(p.keys) == 2*maxKeys {
		return false
	}
	meta := p.meta
	if p.shown != nil {
		meta.Read(p.shown)
	}
	pair, err := identity.ReadKey(text, meta)
	if err != nil {
		return false
	}
	p.key(&found{number: number, pair: pair})
	return true
}

// sshKey reads base64 of an OpenSSH key; a line that is not stays a comment.
func (p *parser) sshKey(number int, line []byte) bool {
	text := secret.New(base64.StdEncoding.DecodedLen(len(line)))
	defer text.Destroy()
	n, err := base64.StdEncoding.Decode(text.Bytes(), line)
	return err == nil && p.keyNow(number, text.Bytes()[:n])
}

// work reads what was found.
func (p *parser) work() {
	cache := p.known.recipients()
	var tasks []func()
	held := p.known.natives()
	native := 0
	for i := 0; i < len(p.keys); i++ {
		f := p.keys[i]
		if f.pair != nil {
			continue
		}
		var of *identity.KeyPair
		if native < len(held) {
			of = held[native]
		}
		native++
		// A classic key that derives from the hybrid one before it needs no
		// public key of its own.
		half := &found{}
		if i+1 < len(p.keys) && p.keys[i+1].pair == nil && p.known == nil && identity.IsHybrid(f.text) && !identity.IsHybrid(p.keys[i+1].text) {
			i++
			half = p.keys[i]
		}
		tasks = append(tasks, func() {
			secret.Do(func() {
				f.read(of)
				if half.text != nil {
					half.read(f.pair)
				}
			})
		})
	}
	for _, c := range p.people {
		tasks = append(tasks, func() { c.readPerson(cache) })
	}
	for _, c := range p.offers {
		tasks = append(tasks, func() { c.readOffer(cache) })
	}
	onAllCores(tasks)
}

// few is how many tasks are not worth a goroutine.
const few = 8

func onAllCores(tasks []func()) {
	workers := min(runtime.GOMAXPROCS(0), len(tasks)/few+1)
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			defer secret.Guard()
			for i := next.Add(1) - 1; i < int64(len(tasks)); i = next.Add(1) - 1 {
				tasks[i]()
			}
		})
	}
	all.Wait()
}

// read derives a key pair, unless the line is that of the one given, which may
// be nil. Runs inside secret.Do.
func (f *found) read(of *identity.KeyPair) {
	if of != nil {
		if main, classic := of.Holds(f.text); main || classic {
			f.held, f.classic = of, classic
			return
		}
	}
	// What is wrong with it is told by its being missing.
	f.pair, _ = identity.ReadKey(f.text, f.meta)
}

// damage is the first line with a private key that is not right: it is never
// dropped.
func (p *parser) damage() error {
	for _, f := range p.keys {
		if f.pair == nil && f.held == nil {
			return fault.New(fault.KeyringDamaged, "line "+strconv.Itoa(f.number), nil)
		}
	}
	return nil
}

// contacts are the people who were understood. A second one with the same key
// stays a comment.
func (p *parser) contacts() []identity.Contact {
	var people []identity.Contact
	seen := make(map[string]bool)
	for _, c := range p.people {
		if key := c.person.Recipient.Text; c.understood && !seen[key] {
			seen[key] = true
			people = append(people, c.person)
		} else {
			c.understood = false
		}
	}
	return people
}

const hidden = "# "

// size is what the comment takes when it is kept, in bytes.
func (c *comment) size() int {
	switch {
	case c.understood:
		return 0
	case c.hide:
		return len(hidden) + len(c.line) + 1
	}
	return len(c.line) + 1
}

// keep puts the comments that nobody understood before the key pair with that ID.
func (b *book) keep(before string, comments []*comment) {
	size := 0
	for _, c := range comments {
		size += c.size()
	}
	if size == 0 {
		return
	}
	lines := secret.New(size)
	to := lines.Bytes()[:0]
	for _, c := range comments {
		if c.understood {
			continue
		}
		if c.hide {
			to = append(to, hidden...)
		}
		to = append(append(to, c.line...), '\n')
	}
	b.kept = append(b.kept, kept{before, lines})
}
