package secret

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// machine is a small /proc and /sys: "path=content" for each file, and the numbers of devices.
func machine(guarded bool, devices map[string]string, content ...string) system {
	files := fstest.MapFS{}
	for _, c := range content {
		name, text, _ := strings.Cut(c, "=")
		files[name] = &fstest.MapFile{Data: []byte(text + "\n")}
	}
	return system{files: files, guarded: guarded, device: func(name string) (string, error) {
		if number, ok := devices[name]; ok {
			return number, nil
		}
		return "", errors.New("no such device")
	}}
}

func swaps(lines ...string) string {
	return "proc/swaps=Filename Type Size Used Priority\n" + strings.Join(lines, "\n")
}

func TestSurroundings(t *testing.T) {
	devices := map[string]string{"/dev/sda2": "8:2", "/dev/dm-1": "254:1", "/dev/dm-2": "254:2", "/dev/zram0": "252:0", "/dev/sdb1": "8:17",
		"/swap file": "8:1", "/home/swapfile": "254:1"}
	partition := "sys/dev/block/8:2/partition=2"
	crypt := "sys/dev/block/254:1/dm/uuid=CRYPT-LUKS2-0123-swap"
	for name, c := range map[string]struct {
		guarded bool
		files   []string
		want    []Warning
	}{
		"no swap":              {files: []string{swaps()}},
		"a kernel without":     {},
		"a plain partition":    {files: []string{swaps("/dev/sda2 partition 1 0 -2"), partition}, want: []Warning{{Kind: PlainSwap, Where: "/dev/sda2"}}},
		"an encrypted one":     {files: []string{swaps("/dev/dm-1 partition 1 0 -2"), crypt}},
		"a file on encrypted":  {files: []string{swaps("/home/swapfile file 1 0 -2"), crypt}},
		"a file with a space":  {files: []string{swaps(`/swap\040file file 1 0 -2`), "sys/dev/block/8:1/partition=1"}, want: []Warning{{Kind: PlainSwap, Where: "/swap file"}}},
		"unknown device":       {files: []string{swaps("/gone file 1 0 -2")}, want: []Warning{{Kind: PlainSwap, Where: "/gone"}}},
		"the second is plain":  {files: []string{swaps("/dev/dm-1 partition 1 0 -2", "/dev/sda2 partition 1 0 -3"), crypt, partition}, want: []Warning{{Kind: PlainSwap, Where: "/dev/sda2"}}},
		"LVM on encrypted":     {files: []string{swaps("/dev/dm-2 partition 1 0 -2"), "sys/dev/block/254:2/dm/uuid=LVM-x", "sys/dev/block/254:2/slaves/dm-1/dev=254:1", "sys/class/block/dm-1/dm/uuid=CRYPT-LUKS2-x"}},
		"LVM on plain":         {files: []string{swaps("/dev/dm-2 partition 1 0 -2"), "sys/dev/block/254:2/dm/uuid=LVM-x", "sys/dev/block/254:2/slaves/sda3/dev=8:3", "sys/class/block/sda3/partition=3"}, want: []Warning{{Kind: PlainSwap, Where: "/dev/dm-2"}}},
		"LVM on both":          {files: []string{swaps("/dev/dm-2 partition 1 0 -2"), "sys/dev/block/254:2/slaves/dm-1/dev=1", "sys/class/block/dm-1/dm/uuid=CRYPT-x", "sys/dev/block/254:2/slaves/sda3/dev=8:3"}, want: []Warning{{Kind: PlainSwap, Where: "/dev/dm-2"}}},
		"zram":                 {files: []string{swaps("/dev/zram0 partition 1 0 100"), "sys/dev/block/252:0/mm_stat=0", "sys/dev/block/252:0/backing_dev=none"}},
		"zram with a disk":     {files: []string{swaps("/dev/zram0 partition 1 0 100"), "sys/dev/block/252:0/mm_stat=0", "sys/dev/block/252:0/backing_dev=/dev/sdb1"}, want: []Warning{{Kind: PlainSwap, Where: "/dev/zram0"}}},
		"zram, encrypted disk": {files: []string{swaps("/dev/zram0 partition 1 0 100"), "sys/dev/block/252:0/mm_stat=0", "sys/dev/block/252:0/backing_dev=/dev/dm-1", crypt}},
		"hibernates": {files: []string{swaps("/dev/sda2 partition 1 0 -2"), partition, "sys/power/state=freeze mem disk", "sys/power/disk=[platform] shutdown"},
			want: []Warning{{Kind: PlainSwap, Where: "/dev/sda2"}, {Kind: Hibernation, Where: "/dev/sda2"}}},
		"may not hibernate": {files: []string{swaps("/dev/sda2 partition 1 0 -2"), partition, "sys/power/state=freeze mem disk", "sys/power/disk=[disabled]"},
			want: []Warning{{Kind: PlainSwap, Where: "/dev/sda2"}}},
		"hibernates, encrypted":   {files: []string{swaps("/dev/dm-1 partition 1 0 -2"), crypt, "sys/power/state=mem disk"}},
		"cores to a program":      {guarded: true, files: []string{"proc/sys/kernel/core_pattern=|/usr/lib/systemd/systemd-coredump %P"}, want: []Warning{{Kind: CrashDumps, Where: "systemd-coredump", Held: true}}},
		"unprotected from it":     {files: []string{"proc/sys/kernel/core_pattern=|/usr/share/apport/apport -p%p"}, want: []Warning{{Kind: CrashDumps, Where: "apport"}}},
		"cores to nowhere":        {files: []string{"proc/sys/kernel/core_pattern=|/bin/false"}},
		"core files":              {files: []string{"proc/sys/kernel/core_pattern=core"}, want: []Warning{{Kind: CrashDumps, Where: "core"}}},
		"core files, not of ours": {guarded: true, files: []string{"proc/sys/kernel/core_pattern=core"}},
		"kernel crash dumps":      {files: []string{"sys/kernel/kexec_crash_loaded=1"}, want: []Warning{{Kind: KernelDump}}},
		"none of those":           {files: []string{"sys/kernel/kexec_crash_loaded=0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := machine(c.guarded, devices, c.files...).warnings(); !slices.Equal(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestMountSource(t *testing.T) {
	table := "22 1 0:21 / /proc rw - proc proc rw\n31 1 0:33 /@swap /swap rw,noatime shared:1 - btrfs /dev/mapper/a\\040b rw,ssd\n"
	if got := mountSource(table, "0:33"); got != "/dev/mapper/a b" {
		t.Errorf("%q", got)
	}
	if got := mountSource(table, "0:99"); got != "" {
		t.Errorf("%q", got)
	}
}

// On the machine of the tests it only has to work.
func TestSurroundingsHere(t *testing.T) {
	for _, w := range Surroundings() {
		if !slices.Contains(WarningKinds(), w.Kind) {
			t.Errorf("unknown kind in %+v", w)
		}
	}
}
