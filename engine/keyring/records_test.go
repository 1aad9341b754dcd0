package keyring

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
)

func add(record string) func([]string) ([]string, error) {
	return func(all []string) ([]string, error) { return append(all, record), nil }
}

func TestRecordsAreKept(t *testing.T) {
	store, path := storeIn(t)
	k := quick(t, store, path, must(identity.New("Ana")))
	if k.Records(WayTag) != nil {
		t.Error("a new keyring has records")
	}
	one, two := `{"id":"1","to":"한글 }"}`, `{"id":"2", "later":[1]}`
	if err := errors.Join(k.ChangeRecords(WayTag, add(one)), k.ChangeRecords(WayTag, add(two)), k.ChangeRecords(AgentTag, add("{}"))); err != nil {
		t.Fatal(err)
	}
	want := func(when string, k *Keyring) {
		t.Helper()
		if ways := k.Records(WayTag); !slices.Equal(ways, []string{one, two}) || !slices.Equal(k.Records(AgentTag), []string{"{}"}) || len(k.Records(ReleaseTag)) != 0 {
			t.Errorf("%s: %q, %q", when, ways, k.Records(AgentTag))
		}
	}
	want("in memory", k)
	want("on disk", must(again(t, store, path)))
	k.Records(WayTag)[0] = "changed"
	want("after somebody wrote into what was answered", k)

	// Nothing else that is done to a keyring loses them.
	if err := errors.Join(k.AddContact(contact("Ben")), k.AddKey(must(identity.NewClassic("Work"))), k.Save(), k.changeUnder(freshSeal(), nothing)); err != nil {
		t.Fatal(err)
	}
	want("after other changes", must(again(t, store, path)))
	copied := filepath.Join(filepath.Dir(path), "copy.age")
	if err := k.SaveCopy(copied); err != nil {
		t.Fatal(err)
	}
	want("in a copy", must(again(t, store, copied)))

	boom := errors.New("boom")
	for name, c := range map[string]struct {
		tag, record string
		kind        fault.Kind
	}{
		"no such tag":    {"contact", "{}", fault.Internal},
		"no object":      {WayTag, "[]", fault.Internal},
		"no JSON":        {WayTag, "{x}", fault.Internal},
		"empty":          {WayTag, "", fault.Internal},
		"two lines":      {WayTag, "{\n}", fault.Internal},
		"what age reads": {WayTag, "{}\nAGE-SECRET-KEY-1", fault.Internal},
		"spaces":         {WayTag, "{} ", fault.Internal},
		"too long":       {WayTag, `{"x":"` + strings.Repeat("x", maxRecord) + `"}`, fault.Internal},
	} {
		if err := k.ChangeRecords(c.tag, add(c.record)); fault.Of(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := k.ChangeRecords(WayTag, func([]string) ([]string, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
	if err := k.ChangeRecords(WayTag, func([]string) ([]string, error) { return make([]string, maxRecords+1), nil }); fault.Of(err) != fault.TooMany {
		t.Errorf("%v", err)
	}
	want("after what was refused", must(again(t, store, path)))
	if err := k.ChangeRecords(WayTag, func([]string) ([]string, error) { return nil, nil }); err != nil || len(k.Records(WayTag)) != 0 {
		t.Errorf("%v", err)
	}
	k.Close()
	if err := k.ChangeRecords(WayTag, add("{}")); fault.Of(err) != fault.Locked || k.Records(AgentTag) != nil {
		t.Errorf("closed: %v", err)
	}
}

func TestTwoProgramsRecord(t *testing.T) {
	store, path := storeIn(t)
	a := quick(t, store, path, must(identity.New("Ana")))
	b := must(again(t, store, path))
	var all sync.WaitGroup
	for i := range 5 {
		for name, k := range map[string]*Keyring{"a": a, "b": b} {
			all.Go(func() {
				if err := k.ChangeRecords(WayTag, add(fmt.Sprintf(`{"id":"%s%d"}`, name, i))); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if ways := must(again(t, store, path)).Records(WayTag); len(ways) != 10 {
		t.Errorf("%q", ways)
	}
}

// A program that knows no records keeps their lines as comments, and adds keys
// and people meanwhile.
func TestRecordsSurviveOlderPrograms(t *testing.T) {
	b := &book{keys: []*identity.KeyPair{must(identity.New("Ana"))}, kept: []kept{{"", guard("# a note\n")}}}
	for i, tag := range recordTags {
		if err := errors.Join(b.setRecords(tag, []string{`{"n":1}`, fmt.Sprintf(`{"n":%d}`, i+2)})); err != nil {
			t.Fatal(err)
		}
	}
	first := text(t, b)
	tags := recordTags
	recordTags = nil
	older := must(parseText(first))
	older.addKeys([]*identity.KeyPair{must(identity.New("Ben"))})
	if err := older.setContact(-1, contact("Carl")); err != nil {
		t.Fatal(err)
	}
	through := text(t, older)
	recordTags = tags
	back := must(parseText(through))
	if !sameRecords(back.records, b.records) || len(back.keys) != 2 || len(back.contacts) != 1 {
		t.Errorf("%v came back as %v", b.records, back.records)
	}
	if again := text(t, must(parseText(text(t, back)))); again != text(t, back) || strings.Count(again, "# a note\n") != 1 {
		t.Errorf("changes at every save:\n%s", again)
	}
}

// Lines that are none, and those beyond the bound, stay comments where they
// are: nobody is locked out by them.
func TestRecordsThatAreNone(t *testing.T) {
	key := text(t, &book{keys: []*identity.KeyPair{must(identity.New("Ana"))}})
	by := "# way: \n# way: {\n# way: []\n# way:{}\n# ways: {}\n# way:  {}\n#way: {}\n" + strings.Repeat("# agent: {}\n", maxRecords+3) + key + "# release: {}\n"
	b := must(parseText(by))
	if len(b.records[WayTag]) != 0 || len(b.records[AgentTag]) != maxRecords || len(b.records[ReleaseTag]) != 1 {
		t.Errorf("%d, %d, %d", len(b.records[WayTag]), len(b.records[AgentTag]), len(b.records[ReleaseTag]))
	}
	out := text(t, b)
	if err := b.readsBack([]byte(out)); err != nil {
		t.Error(err)
	}
	if again := text(t, must(parseText(out))); again != out {
		t.Error("changes at every save")
	}
	for _, line := range []string{"# way: ", "# way: {", "# way: []", "# way:{}", "# ways: {}", "# way:  {}", "#way: {}"} {
		if !strings.Contains(out, "\n"+strings.TrimSpace(line)+"\n") {
			t.Errorf("%q is lost", line)
		}
	}
}
