package escrow

import (
	"bytes"
	"path/filepath"
	"strings"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// Sort says which of the files of this room something is.
type Sort string

const (
	None        Sort = ""
	DepositFile Sort = "deposit"
	RequestFile Sort = "request"
	ReleaseFile Sort = "release"
)

// The endings of the names that the files get.
const (
	DepositName = ".deposit.age"
	RequestName = ".request.txt"
	ReleaseName = ".release.age"
)

// Named says what a file is by its name alone: deposits and releases show
// nothing else to who cannot open them.
func Named(name string) Sort {
	name = strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, DepositName):
		return DepositFile
	case strings.HasSuffix(name, ReleaseName):
		return ReleaseFile
	}
	return None
}

// Look says what the file at path can be, from its beginning and its name: any
// file that is encrypted for keys can be a deposit under another name. None for
// what cannot be read.
func Look(path string) Sort {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return None
	}
	defer src.Close()
	head := make([]byte, min(src.Size(), maxForm))
	if _, err := src.ReadAt(head, 0); err != nil {
		return None
	}
	if IsRequest(head) {
		return RequestFile
	}
	info := agefile.InspectReader(src, src.Size())
	switch named := Named(filepath.Base(path)); {
	case info.Problem != nil && (info.Problem.Kind == fault.NotEncrypted || info.Problem.Kind == fault.Empty), info.Passphrase:
		return None
	case named != None:
		return named
	}
	return DepositFile
}

// SortOf says what text is: a file as it is, or what an age file opened to,
// guarded bytes.
func SortOf(text []byte) (sort Sort) {
	secret.Do(func() {
		text := bytes.TrimLeft(trimBOM(text), " \t\r\n")
		for family, s := range map[string]Sort{depositFamily: DepositFile, requestFamily: RequestFile, releaseFamily: ReleaseFile} {
			if bytes.HasPrefix(text, []byte(family)) {
				sort = s
			}
		}
	})
	return sort
}
