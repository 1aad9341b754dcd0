package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Free is a path in folder that nothing has yet: name, or name with a number.
// ext, with its dot, is what stays at the end. Whoever writes there must still
// refuse to replace a file: somebody else may take the name meanwhile.
func Free(folder, name, ext string) string {
	path := filepath.Join(folder, name)
	for n := 2; n < 1000; n++ {
		if _, err := os.Lstat(path); err != nil {
			break
		}
		path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
	return path
}
