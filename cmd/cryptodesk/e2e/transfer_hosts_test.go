//go:build e2e && linux

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cryptodesk/cmd/cryptodesk/internal/desk"
)

// host is a computer of its own, as far as the network goes, with a person and a profile on it.
type host struct {
	*shell
	net, name, at string // the namespace, the owner, the address
}

// twoHosts makes two computers with a cable between them, whose owners are contacts of each other.
func twoHosts(t *testing.T) (a, b *host) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("two hosts need two network namespaces, which only root can make")
	}
	ctx := patience(t)
	for i, h := range []**host{&a, &b} {
		*h = &host{
			shell: &shell{t, t.TempDir(), t.TempDir()},
			net:   fmt.Sprintf("desk%d-%d", os.Getpid(), i), name: []string{"Adalbert Wolkenstein", "Benedikta Morgenrot"}[i],
			at: fmt.Sprintf("10.77.0.%d", i+1),
		}
		must(ctx, t, "", "ip", "netns", "add", (*h).net)
		name := (*h).net
		t.Cleanup(func() { run(context.Background(), t, "", "ip", "netns", "delete", name) })
	}
	must(ctx, t, "", "ip", "link", "add", "cable", "netns", a.net, "type", "veth", "peer", "name", "cable", "netns", b.net)
	for _, h := range []*host{a, b} {
		must(ctx, t, "", "ip", "-n", h.net, "address", "add", h.at+"/24", "dev", "cable")
		must(ctx, t, "", "ip", "-n", h.net, "link", "set", "cable", "up")
		must(ctx, t, "", "ip", "-n", h.net, "link", "set", "lo", "up")
		h.verb(0, "keys", "new", h.name)
	}
	introduce(a, b)
	introduce(b, a)
	return a, b
}

// introduce makes the owner of one profile a contact in another.
func introduce(from, to *host) {
	card, _ := from.verb(0, "keys", "export", "--card")
	path := to.path("card of " + from.name + ".txt")
	if err := os.WriteFile(path, []byte(card), 0o600); err != nil {
		to.t.Fatal(err)
	}
	to.verb(0, "contacts", "add", path)
}

// on is a verb on that host, ready to start.
func (h *host) on(ctx context.Context, args ...string) *exec.Cmd {
	h.t.Helper()
	watch(h.t, h.home)
	args = append([]string{"netns", "exec", h.net, program}, append(args, "--passphrase-fd", "3", "--home", h.home)...)
	return command(ctx, h.t, passphrase, "ip", args...)
}

// receiver is a program that waits for files.
type receiver struct {
	*exec.Cmd
	over chan error
	said bytes.Buffer
}

// receive starts waiting in folder, and returns when it listens.
func (h *host) receive(ctx context.Context, folder string, from *host, more ...string) *receiver {
	h.t.Helper()
	r := &receiver{Cmd: h.on(ctx, append([]string{"receive", "--json", "--once", "--accept", from.name, "-o", folder}, more...)...), over: make(chan error, 1)}
	out, err := r.StdoutPipe()
	if err == nil {
		err = r.Start()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { r.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(line, `"listening"`) {
		h.t.Fatalf("receive said %q, %v", line, err)
	}
	go func() {
		r.said.ReadFrom(lines)
		r.over <- r.Wait()
	}()
	return r
}

// arrived waits until everything did.
func (h *host) arrived(ctx context.Context, r *receiver) {
	h.t.Helper()
	select {
	case err := <-r.over:
		if err != nil {
			h.t.Fatalf("receive: %v\n%s", err, r.said.String())
		}
	case <-ctx.Done():
		h.t.Fatal(context.Cause(ctx))
	}
}

// send sends to the end.
func (h *host) send(ctx context.Context, to *host, args ...string) {
	h.t.Helper()
	cmd := h.on(ctx, append([]string{"send", "-t", to.name, "--quiet"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("send: %v\n%s", err, out)
	}
}

// opens checks with the stock program and the keyring that path holds what original does.
func (h *host) opens(ctx context.Context, path, original string) {
	h.t.Helper()
	out := h.path("opened")
	defer os.Remove(out)
	if err := desk.StockOpen(ctx, age, filepath.Join(h.home, "keyring.age"), passphrase, path, out); err != nil {
		h.t.Fatal(err)
	}
	same(h.t, original, out)
}

// TestTransferBetweenHosts: one file, a folder of 1,000 and, with CRYPTODESK_LONG, 5 GiB, to somebody who is found on the
// network by nothing but a beacon.
func TestTransferBetweenHosts(t *testing.T) {
	ada, ben := twoHosts(t)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	one := random(t, ada.dir, "one letter.txt", 70_000)
	folder := ada.path("folder")
	for i := range 1000 {
		random(t, folder, strconv.Itoa(i), 100+i)
	}
	large := ada.path("large")
	size := int64(64 << 20)
	if os.Getenv("CRYPTODESK_LONG") != "" {
		size = 5 << 30
	}
	f, err := os.Create(large)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	inbox := t.TempDir()
	r := ben.receive(ctx, inbox, ada)
	ada.send(ctx, ben, one, folder, large)
	ben.arrived(ctx, r)

	ben.opens(ctx, filepath.Join(inbox, "one letter.txt.age"), one)
	ben.opens(ctx, filepath.Join(inbox, "large.age"), large)
	ben.verb(0, "decrypt", filepath.Join(inbox, "folder.tar.age"))
	if got, want := tree(t, filepath.Join(inbox, "folder")), tree(t, folder); !maps.Equal(got, want) {
		t.Errorf("of %d files %d arrived", len(want), len(got))
	}
	for _, rest := range [][]string{list(t, filepath.Join(ada.home, "outbox")), list(t, filepath.Join(ben.home, "inbox")), hidden(t, inbox)} {
		if len(rest) > 0 {
			t.Errorf("left behind: %q", rest)
		}
	}
}

// TestTransferInterrupted cuts the cable, kills either program and stops it as sleep does, at random instants of one
// sending: it goes on where it was, and nothing half-received is ever seen. CRYPTODESK_CUTS says how often (4 unless set).
func TestTransferInterrupted(t *testing.T) {
	cuts := 4
	if s := os.Getenv("CRYPTODESK_CUTS"); s != "" {
		var err error
		if cuts, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	ada, ben := twoHosts(t)
	ctx, cancel := context.WithTimeout(t.Context(), 14*time.Minute)
	defer cancel()
	original := random(t, ada.dir, "original", 64<<20*cuts)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	kinds := []string{"cable", "receiver", "sender", "sleep"}
	inbox := t.TempDir()
	sending := func() *exec.Cmd {
		cmd := ada.on(ctx, "send", "-t", ben.name, "--quiet", "--wait", "5m", "--to", ben.at, original)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	r := ben.receive(ctx, inbox, ada, "--silent")
	s := sending()
	sent := make(chan error, 1)
	wait := func(cmd *exec.Cmd) { sent <- cmd.Wait() }
	go wait(s)
	had, interrupted := int64(0), 0
	for n := range cuts {
		// The next instant is after some more has arrived, so that every interruption falls into the work.
		had = ben.grows(ctx, inbox, had+1+dice.Int64N(32<<20))
		if had < 0 {
			break
		}
		kind := kinds[n%len(kinds)]
		switch kind {
		case "cable":
			must(ctx, t, "", "ip", "-n", ben.net, "link", "set", "cable", "down")
			must(ctx, t, "", "ip", "netns", "exec", ben.net, "ss", "-K", "dst", ada.at)
			must(ctx, t, "", "ip", "netns", "exec", ada.net, "ss", "-K", "dst", ben.at)
			must(ctx, t, "", "ip", "-n", ben.net, "link", "set", "cable", "up")
		case "receiver":
			r.Process.Kill()
			<-r.over
			r = ben.receive(ctx, inbox, ada, "--silent")
		case "sender":
			s.Process.Kill()
			<-sent
			s = sending()
			go wait(s)
		case "sleep": // and everybody else has given it up
			s.Process.Signal(unix.SIGSTOP)
			must(ctx, t, "", "ip", "netns", "exec", ben.net, "ss", "-K", "dst", ada.at)
			s.Process.Signal(unix.SIGCONT)
		}
		interrupted++
		if whole := list(t, inbox); len(whole) != 1 || !strings.HasPrefix(whole[0], ".cryptodesk-transfer-") {
			t.Fatalf("after %s: %q", kind, whole)
		}
		if now := ben.there(inbox); now < had {
			t.Errorf("after %s: %d bytes are there, and %d were", kind, now, had)
		}
	}
	if err := <-sent; err != nil {
		t.Fatalf("send: %v", err)
	}
	ben.arrived(ctx, r)
	t.Logf("interrupted %d times", interrupted)
	if interrupted < cuts {
		t.Errorf("interrupted %d times of %d: it was over too soon", interrupted, cuts)
	}
	ben.opens(ctx, filepath.Join(inbox, "original.age"), original)
	if rest := hidden(t, inbox); len(rest) > 0 {
		t.Errorf("left behind: %q", rest)
	}
}

// there is how much of a file has come.
func (h *host) there(inbox string) (n int64) {
	parts, err := filepath.Glob(filepath.Join(inbox, ".cryptodesk-transfer-*"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range parts {
		if info, err := os.Stat(p); err == nil {
			n += info.Size()
		}
	}
	return n
}

// grows waits until that much has come, and says how much it is; -1 when the file is whole.
func (h *host) grows(ctx context.Context, inbox string, want int64) int64 {
	h.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if whole, _ := filepath.Glob(filepath.Join(inbox, "*.age")); len(whole) > 0 {
			return -1
		}
		if n := h.there(inbox); n >= want {
			return n
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.t.Fatalf("%d bytes are there, waiting for %d", h.there(inbox), want)
		}
	}
}

// capture records everything that goes through the cable of a host, until stop.
func (h *host) capture() (stop func() []byte) {
	h.t.Helper()
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		h.t.Fatal(err)
	}
	defer here.Close()
	there, err := os.Open(filepath.Join("/run/netns", h.net))
	if err != nil {
		h.t.Fatal(err)
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		h.t.Fatal(err)
	}
	all := uint16(unix.ETH_P_ALL)
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(all<<8|all>>8))
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		h.t.Fatal(back) // the thread is lost, and the test with it
	}
	runtime.UnlockOSThread()
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
	}
	if err == nil {
		err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100_000})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	var seen bytes.Buffer
	over := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		packet := make([]byte, 128<<10)
		for {
			n, _, err := unix.Recvfrom(fd, packet, 0)
			if err == nil {
				seen.Write(packet[:n])
				continue
			}
			select {
			case <-over:
				unix.Close(fd)
				return
			default:
			}
		}
	})
	return func() []byte {
		close(over)
		reading.Wait()
		return seen.Bytes()
	}
}

// TestTransferOnTheWire: no name of a file, no name of a contact and no key is on the cable in clear; and the
// capture sees what is.
func TestTransferOnTheWire(t *testing.T) {
	ada, ben := twoHosts(t)
	ctx := patience(t)
	secret := random(t, ada.dir, "plans of the revolution.txt", 300_000)
	content, err := os.ReadFile(secret)
	if err != nil {
		t.Fatal(err)
	}
	stop := ben.capture()
	inbox := t.TempDir()
	r := ben.receive(ctx, inbox, ada)
	ada.send(ctx, ben, secret)
	ben.arrived(ctx, r)
	must(ctx, t, "", "ip", "netns", "exec", ada.net, "bash", "-c", "echo the capture sees this >/dev/udp/"+ben.at+"/9")
	seen := stop()
	arrived, err := os.ReadFile(filepath.Join(inbox, filepath.Base(secret)+".age"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(seen, []byte("the capture sees this")) || len(seen) < len(arrived) {
		t.Fatalf("the capture saw %d bytes", len(seen))
	}
	if !bytes.Contains(seen, []byte("CDB1")) {
		t.Error("no beacon was seen")
	}
	needles := map[string][]byte{"name of the file": []byte("revolution"), "content": content[1000:1016],
		"the encrypted file": arrived[len(arrived)-16:], "its header": []byte("age-encryption")}
	for _, h := range []*host{ada, ben} {
		needles["name of "+h.name] = []byte(strings.Fields(h.name)[1])
		maps.Copy(needles, h.keysInClear())
	}
	for what, needle := range needles {
		if bytes.Contains(seen, needle) {
			t.Errorf("%s is on the wire in clear", what)
		}
	}
}

// keysInClear are the forms in which a public key could be seen.
func (h *host) keysInClear() map[string][]byte {
	h.t.Helper()
	card, _ := h.verb(0, "keys", "export", "--card")
	all := map[string][]byte{}
	for line := range strings.Lines(card) {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "# signing: "); ok {
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				h.t.Fatal(err)
			}
			all["signing key of "+h.name], all["signing key of "+h.name+", in text"] = raw[:16], []byte(text[:20])
		}
		if strings.HasPrefix(line, "age1pq1") {
			all["main key of "+h.name] = []byte(line[7:40])
		}
	}
	if len(all) != 3 {
		h.t.Fatalf("a card without keys: %q", card)
	}
	return all
}

// TestTransferPhases: a script can follow what a sending waits for.
func TestTransferPhases(t *testing.T) {
	ada, ben := twoHosts(t)
	ctx := patience(t)
	r := ben.receive(ctx, t.TempDir(), ada, "--silent")
	cmd := ada.on(ctx, "send", "-t", ben.name, "--to", ben.at, "--json", random(t, ada.dir, "a", 1000))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	ben.arrived(ctx, r)
	var last struct{ State, Path string }
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.State != "done" {
		t.Errorf("said %q", out)
	}
}
