package recovery

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/recovery/slip39"
	"cryptodesk/engine/safefile"
)

// MarkOf recognises an age file again, whatever its name and wherever it went:
// the start of SHA-256 of its header. Empty for what is none.
func MarkOf(raw []byte) string { return markOf(headerOf(raw)) }

func headerOf(raw []byte) []byte {
	header, _, _, err := agefile.ReadHeader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil
	}
	return header
}

func markOf(header []byte) string {
	if header == nil {
		return ""
	}
	sum := sha256.Sum256(header)
	return hexOf(sum[:8])
}

// MarkOfHeader is MarkOf for who has the header alone.
func MarkOfHeader(header []byte) string { return markOf(header) }

// markOfSet recognises a share set.
func markOfSet(s slip39.Set) string { return strconv.Itoa(s.ID) }

// MarkOfFile is MarkOf for a file. Errors: those of reading it.
func MarkOfFile(path string) (string, error) {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return "", err
	}
	defer src.Close()
	header, _, _, err := agefile.ReadHeader(src, src.Size())
	return markOf(header), err
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
