package safefile

import (
	"path/filepath"
	"sync"
	"testing"
)

// Having the disk begin early must not outlive the file, whatever ends it.
func TestBeginningEarlyEndsWithTheFile(t *testing.T) {
	s := New(filepath.Join(t.TempDir(), "journal"))
	defer s.Close()
	target := filepath.Join(t.TempDir(), "large")
	for _, end := range []func(f *File){
		func(f *File) { f.Discard() },
		func(f *File) {
			if _, err := f.Commit(Refuse); err != nil {
				t.Error(err)
			}
		},
	} {
		f, err := s.Create(target, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		block := make([]byte, aheadStep/4)
		var wg sync.WaitGroup
		for w := range 3 {
			wg.Go(func() {
				for i := range 4 {
					if _, err := f.WriteAt(block, int64(w*4+i)*int64(len(block))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		end(f)
	}
}
