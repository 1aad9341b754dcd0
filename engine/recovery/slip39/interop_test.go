package slip39

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"
)

// write makes testdata/interop/ours.json anew. What is in it has been joined by both other implementations, with the scripts
// beside it; do that again after making it.
var write = flag.Bool("write", false, "write testdata/interop/ours.json")

// interop is a file of testdata/interop: a root, and shares of it.
type interop struct {
	Root       string `json:"root"`
	Passphrase string `json:"passphrase"`
	GroupsNeed int    `json:"groupsNeed"`
	Groups     []struct {
		Need   int      `json:"need"`
		Shares []string `json:"shares"`
	} `json:"groups"`
}

func TestSharesOfOtherPrograms(t *testing.T) {
	for _, file := range []string{"reference", "slip39js", "ours"} {
		cases := readInterop(t, file)
		if len(cases) < 5 {
			t.Fatalf("%s has only %d cases", file, len(cases))
		}
		for i, c := range cases {
			for range 5 {
				var some []string
				for _, g := range rand.Perm(len(c.Groups))[:c.GroupsNeed] {
					for _, s := range rand.Perm(len(c.Groups[g].Shares))[:c.Groups[g].Need] {
						some = append(some, c.Groups[g].Shares[s])
					}
				}
				rand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
				shares := parseAll(t, some)
				if got := combine(t, shares, c.Passphrase); got != c.Root {
					t.Errorf("%s, case %d: another root", file, i)
				}
				for i, s := range shares { // what we would write is what they wrote
					text, err := s.Words()
					if err != nil || string(text.Bytes()) != some[i] {
						t.Errorf("%s, case %d: other words: %v", file, i, err)
					}
				}
			}
		}
	}
}

func readInterop(t *testing.T, name string) (cases []interop) {
	t.Helper()
	file := "testdata/interop/" + name + ".json"
	if name == "ours" && *write {
		writeOurs(t, file)
	}
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func writeOurs(t *testing.T, file string) {
	t.Helper()
	var cases []interop
	for _, plan := range [][3]int{{1, 1, 32}, {2, 2, 32}, {2, 3, 32}, {3, 5, 32}, {5, 7, 32}, {16, 16, 32}, {2, 3, 16}, {3, 4, 64}} {
		root := randomBytes(plan[2])
		c := interop{Root: hex.EncodeToString(root), GroupsNeed: 1}
		c.Groups = append(c.Groups, struct {
			Need   int      `json:"need"`
			Shares []string `json:"shares"`
		}{plan[0], splitAll(t, root, plan[0], plan[1])})
		cases = append(cases, c)
	}
	raw, err := json.MarshalIndent(cases, "", " ")
	if err == nil {
		err = os.WriteFile(file, append(raw, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
