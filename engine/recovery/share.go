package recovery

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/secret"
)

const (
	shareTitle  = "# CryptoDesk share v1"
	shareFamily = "# CryptoDesk share v"
	maxShare    = 64 << 10 // bytes
	maxShares   = 16
	wordsInLine = 3 // eleven lines of them
	fewWords    = 16
	maxPrint    = 100 // bytes of a fingerprint
)

// ShareFile is what a share's file says about it besides the words.
type ShareFile struct {
	Name        string // of the key pair; empty when not known
	Number      int    // from 1, as Need what the words say
	Of          int    // how many were made; 0 when not known
	Need        int
	Made        time.Time // a day; zero when not known
	Fingerprint string    // of the key pair; empty when not known
	Advice      string    // lines for whoever keeps or finds it; not read back
}

// MarshalShare is the text file of a share: comments, then the words, three on a line. words stay the caller's. Errors: those
// of slip39.Parse, for words that are no share.
func MarshalShare(f ShareFile, words *secret.Buffer) (*secret.Buffer, error) {
	share, err := slip39.Parse(words.Bytes())
	if err != nil {
		return nil, err
	}
	defer share.Close()
	if words, err = share.Words(); err != nil {
		return nil, err
	}
	defer words.Destroy()
	f.Number, f.Need = share.Index+1, share.Need
	head := f.comments()
	text := secret.New(len(head) + words.Len() + 1)
	secret.Do(func() {
		n := copy(text.Bytes(), head)
		body := text.Bytes()[n:]
		copy(body, words.Bytes())
		spaces := 0
		for i, c := range body {
			if c != ' ' {
				continue
			}
			if spaces++; spaces%wordsInLine == 0 {
				body[i] = '\n'
			}
		}
		body[len(body)-1] = '\n'
	})
	return text, nil
}

func (f ShareFile) comments() string {
	lines := []string{shareTitle}
	add := func(field, value string) {
		if value != "" {
			lines = append(lines, "# "+field+": "+value)
		}
	}
	add("name", f.Name)
	add("share", strconv.Itoa(f.Number)+" of "+strconv.Itoa(f.Of))
	add("needed", strconv.Itoa(f.Need))
	if !f.Made.IsZero() {
		add("date", f.Made.Format(time.DateOnly))
	}
	add("fingerprint", f.Fingerprint)
	for line := range strings.Lines(f.Advice) {
		// Indented, so that no line of it is read as a field.
		lines = append(lines, strings.TrimRight("#   "+strings.TrimSpace(line), " "))
	}
	return strings.Join(lines, "\n") + "\n\n"
}

// IsShare says whether text is the file of a share of any version, or words of one, some of which may be wrong.
func IsShare(text []byte) (is bool) {
	if len(text) > maxShare {
		return false
	}
	secret.Do(func() {
		body, title := shareBody(text, nil)
		is = title != "" || wordy(body)
		secret.Wipe(body)
	})
	return is
}

// wordy says whether most of many words are in the list.
func wordy(text []byte) bool {
	known, verdicts := 0, slip39.Look(text)
	for _, v := range verdicts {
		if v == slip39.Known {
			known++
		}
	}
	return known >= fewWords && known*5 >= len(verdicts)*4
}

// ParseShareFile reads the file of a share, or only its words: what is said around them may be missing, or changed by hand.
// The number of the share and how many are needed are those of the words. The caller closes the share. text is guarded and
// stays the caller's. Errors: TooLarge, TooNew, and those of slip39.Parse.
func ParseShareFile(text []byte) (f ShareFile, share *slip39.Share, err error) {
	if len(text) > maxShare {
		return f, nil, fault.New(fault.TooLarge, "", nil)
	}
	secret.Do(func() {
		body, title := shareBody(text, f.read)
		defer secret.Wipe(body)
		if title != "" && title != shareTitle {
			err = fault.New(fault.TooNew, "", nil)
			return
		}
		share, err = slip39.Parse(body)
	})
	if err != nil {
		return ShareFile{}, nil, err
	}
	f.Number, f.Need = share.Index+1, share.Need
	if f.Of < max(f.Number, f.Need) || f.Of > maxShares {
		f.Of = 0
	}
	return f, share, nil
}

// shareBody parts a file: what is no comment, and the line that says what it is. Comments go to read. Runs inside secret.Do.
func shareBody(text []byte, read func(field, value string)) (body []byte, title string) {
	body = make([]byte, 0, len(text))
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))) {
		bare := bytes.TrimLeft(bytes.TrimSpace(line), "> \t") // as in a mail that answers
		switch {
		case !bytes.HasPrefix(bare, []byte("#")):
			body = append(body, line...)
		case title == "" && bytes.HasPrefix(bare, []byte(shareFamily)):
			title = string(bare)
		case read != nil:
			field, value, _ := strings.Cut(strings.TrimPrefix(string(bare), "# "), ": ")
			read(field, value)
		}
	}
	return body, title
}

func (f *ShareFile) read(field, value string) {
	switch field {
	case "name":
		f.Name, _ = identity.CleanName(value)
	case "share":
		_, of, _ := strings.Cut(value, " of ")
		f.Of, _ = strconv.Atoi(of)
	case "date":
		f.Made, _ = time.Parse(time.DateOnly, value)
	case "fingerprint":
		f.Fingerprint = ""
		if len(value) <= maxPrint && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			f.Fingerprint = strings.Join(strings.Fields(value), " ")
		}
	}
}
