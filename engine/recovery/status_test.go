package recovery

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cryptodesk/engine/identity"
)

var today = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func daysAgo(n int) time.Time { return today.AddDate(0, 0, -n) }

func public(id string) identity.Public {
	return identity.Public{ID: id, Name: id, Kind: identity.Hybrid}
}

func way(kind Kind, made time.Time, keys ...string) Way {
	w := NewWay(kind, keys, made)
	return w
}

func rehearsed(w Way, at time.Time, passed bool) Way {
	w.Rehearsed, w.Passed = at, passed
	return w
}

func TestLook(t *testing.T) {
	same := way(BackupWay, daysAgo(1), "a")
	same.SamePassphrase = true
	token := identity.Public{ID: "t", Kind: identity.Plugin}
	for name, c := range map[string]struct {
		ways      []Way
		keys      []identity.Public
		answer    Answer
		back      int
		missing   string
		reminders []Reason
	}{
		"nothing":  {keys: []identity.Public{public("a")}, answer: NotYet, missing: "a", reminders: []Reason{NoWay}},
		"a backup": {ways: []Way{way(BackupWay, daysAgo(1), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1},
		"a backup under the passphrase that would be forgotten": {ways: []Way{same}, keys: []identity.Public{public("a")}, answer: NotYet, missing: "a", reminders: []Reason{NoWay}},
		"an agent brings back no key":                           {ways: []Way{way(AgentWay, daysAgo(1), "a")}, keys: []identity.Public{public("a")}, answer: NotYet, missing: "a", reminders: []Reason{NoWay}},
		"every sort":                                            {ways: []Way{way(BackupWay, daysAgo(1), "a"), way(SheetWay, daysAgo(1), "a"), way(SharesWay, daysAgo(1), "a"), way(DepositWay, daysAgo(1), "a"), same}, keys: []identity.Public{public("a")}, answer: Yes, back: 4},
		"a key was added":                                       {ways: []Way{way(BackupWay, daysAgo(1), "a")}, keys: []identity.Public{public("a"), public("b")}, answer: Partly, back: 1, missing: "b", reminders: []Reason{KeysAdded}},
		"a sheet for each":                                      {ways: []Way{way(SheetWay, daysAgo(1), "a"), way(SheetWay, daysAgo(1), "b")}, keys: []identity.Public{public("a"), public("b")}, answer: Yes, back: 2},
		"of a key that is gone":                                 {ways: []Way{way(SheetWay, daysAgo(1), "old")}, keys: []identity.Public{public("a")}, answer: NotYet, missing: "a", reminders: []Reason{NoWay}},
		"a token needs none":                                    {ways: []Way{way(SheetWay, daysAgo(1), "a")}, keys: []identity.Public{public("a"), token}, answer: Yes, back: 1},
		"89 days":                                               {ways: []Way{way(BackupWay, daysAgo(89), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1},
		"90 days":                                               {ways: []Way{way(BackupWay, daysAgo(90), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1, reminders: []Reason{Rehearse}},
		"rehearsed since":                                       {ways: []Way{rehearsed(way(BackupWay, daysAgo(300), "a"), daysAgo(89), true)}, keys: []identity.Public{public("a")}, answer: Yes, back: 1},
		"one of two rehearsed":                                  {ways: []Way{way(BackupWay, daysAgo(300), "a"), rehearsed(way(SheetWay, daysAgo(300), "a"), daysAgo(10), true)}, keys: []identity.Public{public("a")}, answer: Yes, back: 2},
		"failed":                                                {ways: []Way{rehearsed(way(BackupWay, daysAgo(30), "a"), daysAgo(1), false)}, keys: []identity.Public{public("a")}, answer: NotYet, missing: "a", reminders: []Reason{NoWay, Failed}},
		"failed, and another works":                             {ways: []Way{rehearsed(way(BackupWay, daysAgo(30), "a"), daysAgo(2), false), way(SheetWay, daysAgo(1), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1, reminders: []Reason{Failed}},
		"failed, and made anew":                                 {ways: []Way{rehearsed(way(BackupWay, daysAgo(30), "a"), daysAgo(2), false), way(BackupWay, daysAgo(1), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1},
		"the clock was set back":                                {ways: []Way{way(BackupWay, daysAgo(-300), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1, reminders: []Reason{Clock}},
		"rehearsed in the future":                               {ways: []Way{rehearsed(way(BackupWay, daysAgo(1), "a"), daysAgo(-2), true)}, keys: []identity.Public{public("a")}, answer: Yes, back: 1, reminders: []Reason{Clock}},
		"a few hours ahead":                                     {ways: []Way{way(BackupWay, today.Add(9*time.Hour), "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1},
		"no date at all":                                        {ways: []Way{way(BackupWay, time.Time{}, "a")}, keys: []identity.Public{public("a")}, answer: Yes, back: 1, reminders: []Reason{Rehearse}},
	} {
		s := Look(c.ways, c.keys, today)
		var missing []string
		for _, k := range s.Missing {
			missing = append(missing, k.ID)
		}
		if s.Answer != c.answer || s.Back != c.back || strings.Join(missing, " ") != c.missing || !slices.Equal(s.Reminders, c.reminders) {
			t.Errorf("%s: %s, %d ways, without %v, %v", name, s.Answer, s.Back, missing, s.Reminders)
		}
		if len(s.Ways) != len(c.ways) || name == "a token needs none" != (len(s.Hardware) == 1) {
			t.Errorf("%s: %d ways, %d tokens", name, len(s.Ways), len(s.Hardware))
		}
	}
}

func TestLookTellsWaysApart(t *testing.T) {
	same := way(BackupWay, daysAgo(3), "a", "b")
	same.SamePassphrase = true
	s := Look([]Way{same, way(SheetWay, daysAgo(100), "a"), way(AgentWay, daysAgo(1), "a", "b"), rehearsed(way(SharesWay, daysAgo(5), "b"), daysAgo(4), true)}, []identity.Public{public("a"), public("b")}, today)
	var kinds []Kind
	for _, w := range s.Ways {
		kinds = append(kinds, w.Kind)
	}
	if !slices.Equal(kinds, []Kind{AgentWay, BackupWay, SharesWay, SheetWay}) || s.Answer != Yes || s.Back != 2 || !s.Rehearsed.Equal(daysAgo(4)) {
		t.Fatalf("%v, %+v", kinds, s)
	}
	agent, backup, shares, sheet := s.Ways[0], s.Ways[1], s.Ways[2], s.Ways[3]
	if agent.Helps || agent.Lost || len(agent.Missing) != 2 || agent.Due {
		t.Errorf("agent: %+v", agent)
	}
	if backup.Helps || !backup.Lost || len(backup.Missing) != 0 {
		t.Errorf("backup: %+v", backup)
	}
	if !shares.Helps || len(shares.Missing) != 1 || shares.Missing[0].ID != "a" || shares.Due {
		t.Errorf("shares: %+v", shares)
	}
	if !sheet.Helps || !sheet.Due {
		t.Errorf("sheet: %+v", sheet)
	}
}

func TestWayRecords(t *testing.T) {
	full := Way{ID: "1", Kind: SharesWay, Made: daysAgo(3), Keys: []string{"a"}, Need: 2, Of: 3, To: "x", Mark: "7", SamePassphrase: true, Rehearsed: daysAgo(1), Passed: true}
	records, err := Note(nil, full)
	if err != nil || len(records) != 1 {
		t.Fatalf("%q, %v", records, err)
	}
	back := ReadWays(records)
	back[0].more = nil
	if !reflect.DeepEqual(back, []Way{full}) {
		t.Errorf("%+v", back)
	}
	// What a later version wrote beside survives, and so does what is no way.
	foreign := []string{`{"id":"9","kind":"carrier pigeon","keys":[]}`, `{"later":[1,2],"id":"1","kind":"backup","made":"2026-11-01T00:00:00Z","keys":["a"]}`, `{}`}
	w := ReadWays(foreign)
	if len(w) != 1 {
		t.Fatalf("%+v", w)
	}
	w[0].Passed, w[0].Rehearsed = true, today
	changed, err := Note(slices.Clone(foreign), w[0])
	if err != nil || len(changed) != 3 || changed[0] != foreign[0] || changed[2] != foreign[2] {
		t.Fatalf("%q, %v", changed, err)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(changed[1]), &fields); err != nil || len(fields["later"].([]any)) != 2 || fields["passed"] != true {
		t.Errorf("%v, %v", fields, err)
	}
}

// A way with ten thousand keys is kept in lines that age can read past.
func TestWayOfManyKeys(t *testing.T) {
	w := NewWay(BackupWay, nil, today)
	for i := range 10_000 {
		w.Keys = append(w.Keys, fmt.Sprintf("%016x", i))
	}
	records, err := Note([]string{`{"id":"0","kind":"sheet","keys":["x"]}`}, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if len(r) > 32<<10 {
			t.Errorf("a record of %d bytes", len(r))
		}
	}
	w.Passed = true
	records, err = Note(records, w)
	ways := ReadWays(records)
	if err != nil || len(ways) != 2 || len(ways[1].Keys) != 10_000 || !ways[1].Passed {
		t.Errorf("%d ways, %v", len(ways), err)
	}
}

func TestOldWaysGo(t *testing.T) {
	var records []string
	first := NewWay(SheetWay, []string{"a"}, today)
	var err error
	for range 2 {
		if records, err = Note(records, first); err != nil {
			t.Fatal(err)
		}
	}
	for range maxWays {
		if records, err = Note(records, NewWay(BackupWay, []string{"a"}, today)); err != nil {
			t.Fatal(err)
		}
	}
	if ways := ReadWays(records); len(ways) != maxWays || ways[0].ID == first.ID {
		t.Errorf("%d ways", len(ways))
	}
}
