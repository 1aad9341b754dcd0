// Command plugin is an age plugin for tests, to be built as age-plugin-probe.
// What it does is said by the data of its recipients and identities: a mode, a
// zero byte, and a secret from which the wrapping pad is made.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

const stanza = "probe-test"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sleep" {
		time.Sleep(time.Hour)
	}
	p, err := plugin.New("probe")
	if err != nil {
		panic(err)
	}
	p.HandleRecipient(func(data []byte) (age.Recipient, error) { return parse(p, data), nil })
	p.HandleIdentity(func(data []byte) (age.Identity, error) { return parse(p, data), nil })
	p.RegisterFlags(nil)
	os.Exit(p.Main())
}

type probe struct {
	*plugin.Plugin
	mode   string
	secret []byte
}

func parse(p *plugin.Plugin, data []byte) *probe {
	mode, secret, _ := bytes.Cut(data, []byte{0})
	return &probe{p, string(mode), secret}
}

func (p *probe) pad(key []byte) []byte {
	pad := sha256.Sum256(p.secret)
	out := make([]byte, len(key))
	for i := range key {
		out[i] = key[i] ^ pad[i]
	}
	return out
}

func (p *probe) tag() string {
	sum := sha256.Sum256(append([]byte("tag"), p.secret...))
	return base64.RawStdEncoding.EncodeToString(sum[:4])
}

func (p *probe) Wrap(key []byte) ([]*age.Stanza, error) {
	s, _, err := p.WrapWithLabels(key)
	return s, err
}

func (p *probe) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	wrapped := []*age.Stanza{{Type: stanza, Args: []string{p.tag()}, Body: p.pad(key)}}
	switch p.mode {
	case "postquantum":
		return wrapped, []string{"postquantum"}, nil
	case "scrypt":
		wrapped[0].Type = "scrypt"
	case "many":
		for range 100 {
			wrapped = append(wrapped, wrapped[0])
		}
	case "wrap-ask":
		if pin, err := p.RequestValue("the word, please", false); err != nil || pin != "open sesame" {
			return nil, nil, errors.New("that is not the word")
		}
	case "wrap-hang":
		p.hang()
	case "wrap-fail":
		return nil, nil, errors.New("no \x1b[31mdevice\nfound\u202e")
	}
	return wrapped, nil, nil
}

func (p *probe) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type == stanza && s.Args[0] == p.tag() {
			return p.unwrap(p.pad(s.Body))
		}
	}
	return nil, age.ErrIncorrectIdentity
}

func (p *probe) unwrap(key []byte) ([]byte, error) {
	switch p.mode {
	case "pin":
		pin, err := p.RequestValue("PIN of the probe", true)
		if err != nil || pin != "123456" {
			return nil, errors.New("that PIN is wrong")
		}
	case "anypin":
		if pin, err := p.RequestValue("any PIN", true); err != nil || len(pin) != 24 {
			return nil, errors.New("that is no PIN")
		}
	case "pins":
		for i := range 3 {
			if pin, err := p.RequestValue(fmt.Sprint("number ", i), i != 1); err != nil || pin != fmt.Sprint(i) {
				return nil, errors.New("not that number")
			}
		}
	case "confirm":
		if yes, err := p.Confirm("really\nreally?", "do it "+strings.Repeat("now ", 50), "no"); err != nil || !yes {
			return nil, errors.New("not confirmed")
		}
	case "message":
		if err := p.DisplayMessage("put the \x1b[31mkey\u202e in " + strings.Repeat("now ", 500)); err != nil {
			return nil, err
		}
	case "touch":
		time.Sleep(6 * time.Second)
	case "fail":
		return nil, errors.New("no \x1b[31mdevice\nfound\u202e " + strings.Repeat("x", 100_000))
	case "die":
		os.Exit(7)
	case "garbage":
		os.Stdout.WriteString("\x00\xff garbage\n")
		time.Sleep(time.Hour)
	case "leak": // a file key that does not decode: age quotes it
		fmt.Printf("-> file-key 0\n%s!\n", base64.RawStdEncoding.EncodeToString(key))
		time.Sleep(time.Hour)
	case "endless":
		for chunk := bytes.Repeat([]byte("A"), 1<<16); ; {
			if _, err := os.Stdout.Write(chunk); err != nil {
				os.Exit(1)
			}
		}
	case "short":
		return key[:15], nil
	case "wrong":
		return make([]byte, 16), nil
	case "messages":
		for {
			if p.DisplayMessage("hello") != nil {
				p.hang()
			}
		}
	case "asks":
		for range 1000 {
			p.RequestValue("again", true)
		}
		return nil, errors.New("asked enough")
	case "hang":
		p.hang()
	case "descriptors":
		var open []string
		for fd := range 100 {
			to, _ := os.Readlink(fmt.Sprint("/proc/self/fd/", fd))
			open = append(open, to)
		}
		return nil, errors.New(strings.Join(open, " "))
	case "environment":
		return nil, errors.New("debug=" + os.Getenv("AGEDEBUG"))
	}
	return key, nil
}

// hang ignores everything, and so does a child that holds the same pipes. The
// file it writes says who they are.
func (p *probe) hang() {
	signal.Ignore(os.Interrupt)
	child := exec.Command(os.Args[0], "sleep")
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := child.Start(); err != nil {
		panic(err)
	}
	if to := os.Getenv("PROBE_PIDS"); to != "" {
		os.WriteFile(to+".new", fmt.Appendln(nil, os.Getpid(), child.Process.Pid), 0o600)
		os.Rename(to+".new", to)
	}
	time.Sleep(time.Hour)
}
