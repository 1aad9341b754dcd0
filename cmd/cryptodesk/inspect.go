package main

import (
	"fmt"
	"strings"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
)

func inspectVerb() *verb {
	return &verb{
		name: "inspect",
		args: "[--json] PATH...",
		run: func(c *call, paths []string) error {
			if len(paths) == 0 {
				return noPaths()
			}
			eng, err := c.open()
			if err != nil {
				return err
			}
			defer c.leave(eng)
			var worst error
			for _, path := range paths {
				info, err := eng.Inspect(path)
				if err == nil && info.Problem != nil {
					err = info.Problem
				}
				c.describe(path, info, fault.As(err))
				if err != nil && (worst == nil || fault.Of(err).Exit() > fault.Of(worst).Exit()) {
					worst = reported{fault.As(err)}
				}
			}
			return worst
		},
	}
}

// describe prints what is known of one file without any key.
func (c *call) describe(path string, info agefile.Info, problem *fault.Error) {
	if c.json {
		c.emit(struct {
			Path  string        `json:"path"`
			Info  *agefile.Info `json:"info,omitempty"`
			Error any           `json:"error,omitempty"`
		}{path, &info, problemOrNil(problem)})
		return
	}
	fmt.Fprintf(c.out, "%s\n", safefile.Visible(path))
	if problem != nil {
		what, do := text.Fault(problem)
		fmt.Fprintf(c.out, "  %s\n  %s\n", what, do)
		return
	}
	fmt.Fprintf(c.out, "  %s\n", opener(info))
	fmt.Fprintf(c.out, "  %s\n", text.T("cli.inspect.size", "size", text.Bytes(info.Size), "plain", text.Bytes(info.PlainSize)))
	if info.Armored {
		fmt.Fprintf(c.out, "  %s\n", text.T("cli.inspect.armor"))
	}
}

func problemOrNil(f *fault.Error) any {
	if f == nil {
		return nil
	}
	return problemOf(f)
}

// opener says who or what could open the file, as far as the header tells.
func opener(info agefile.Info) string {
	if info.Passphrase {
		return text.T("cli.inspect.passphrase", "factor", fmt.Sprint(info.WorkFactor))
	}
	var kinds []string
	for _, s := range info.Stanzas {
		if s.Type == "grease" || strings.HasSuffix(s.Type, "-grease") {
			continue
		}
		name := s.Type
		if s.Tag != "" {
			name += " " + s.Tag
		}
		kinds = append(kinds, name)
	}
	key := "cli.inspect.classic"
	if info.PostQuantum {
		key = "cli.inspect.pq"
	}
	return text.T(key, "n", fmt.Sprint(len(kinds)), "kinds", strings.Join(kinds, ", "))
}
