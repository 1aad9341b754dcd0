package identity

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"cryptodesk/engine/fault"
)

// ParseRecipients reads a recipients file as `age -R` does: one public key a
// line, blank lines and "#" comments passed over. At most 16 MiB and 10,000
// keys. Errors: BadRecipient with the line's number as subject, NoRecipients,
// TooLarge, TooMany, and those of reading.
func ParseRecipients(r io.Reader) ([]Recipient, error) {
	limited := &io.LimitedReader{R: r, N: maxFile + 1}
	lines := bufio.NewScanner(limited)
	var found []Recipient
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		if len(found) == maxKeys {
			return nil, fault.New(fault.TooMany, "", nil)
		}
		to, err := ParseRecipient(line)
		if err != nil {
			return nil, fault.New(fault.BadRecipient, "line "+strconv.Itoa(number), nil)
		}
		found = append(found, to)
	}
	if limited.N == 0 {
		return nil, fault.New(fault.TooLarge, "", nil)
	}
	if err := lines.Err(); err == bufio.ErrTooLong {
		return nil, fault.New(fault.BadRecipient, "", nil)
	} else if err != nil {
		return nil, fault.FromOS("", err)
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NoRecipients, "", nil)
	}
	return found, nil
}
