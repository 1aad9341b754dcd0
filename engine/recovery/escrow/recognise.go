package escrow

import (
	"bytes"
	"strings"

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
