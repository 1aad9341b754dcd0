//go:build unix

package keyring

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cryptodesk/engine/identity"
)

// BenchmarkLarge is what a keyring with 200 key pairs and 1,000 contacts costs,
// scrypt apart, in processor time, and in units of what deriving 200 key pairs
// alone costs in the same turn ("of-derive"), which other work on the machine
// disturbs less. The medians of all turns.
func BenchmarkLarge(b *testing.B) {
	store, path := storeIn(b)
	large := &book{}
	for i := range 200 {
		large.keys = append(large.keys, must(identity.New(fmt.Sprint("key ", i))))
	}
	var ids []string
	for i := range 1000 {
		c := contact(fmt.Sprint("contact ", i))
		if ids = append(ids, c.ID()); large.setContact(-1, c) != nil {
			b.Fatal("a contact")
		}
	}
	for i := range 20 {
		large.groups = append(large.groups, Group{fmt.Sprint("group ", i), distinct(ids[i*40 : i*40+40])})
	}
	large.sortContacts()
	large.sortGroups()
	quick(b, store, path, large.keys...).Close()
	k := must(again(b, store, path))
	k.book.contacts, k.book.groups = large.contacts, large.groups
	if err := k.Save(); err != nil {
		b.Fatal(err)
	}
	raw := read(b, path)
	spent := map[string][]time.Duration{}
	note := func(what string, f func()) {
		spent[what] = append(spent[what], processorTime(b, unix.RUSAGE_SELF, f))
	}
	for b.Loop() {
		note("derive", func() {
			for range 200 {
				must(identity.New("x")).Destroy()
			}
		})
		note("open", func() { must(k.seal.open(path, raw)).destroy() })
		note("save", func() { must(k.seal.close(k.book)) })
		note("marshal", func() { must(k.book.marshal()).Destroy() })
		note("contacts", func() { k.Contacts() })
		note("groups", func() { k.Groups() })
	}
	median := func(what string) float64 {
		slices.Sort(spent[what])
		return spent[what][len(spent[what])/2].Seconds()
	}
	for _, what := range []string{"open", "save", "marshal", "contacts", "groups"} {
		b.ReportMetric(1000*median(what), what+"-ms")
		b.ReportMetric(median(what)/median("derive"), what+"-of-derive")
	}
	b.ReportMetric(0, "ns/op")
}
