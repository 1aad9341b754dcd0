package shell

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// startBus runs a message bus of our own and points this process at it.
func startBus(t *testing.T) {
	t.Helper()
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Skip("needs the program dbus-daemon: ", err)
	}
	t.Cleanup(func() { daemon.Process.Kill(); daemon.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// portal is a desktop portal that answers with fixed results.
type portal struct {
	conn    *dbus.Conn
	status  uint32
	uris    []string
	options chan map[string]dbus.Variant
}

func (p *portal) OpenFile(sender dbus.Sender, _, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.options <- options
	name := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	handle := dbus.ObjectPath(portalPath + "/request/" + name + "/" + options["handle_token"].Value().(string))
	results := map[string]dbus.Variant{"uris": dbus.MakeVariant(p.uris)}
	// Another request's answer comes first, and ours before the call returns.
	p.conn.Emit(portalPath+"/request/1_1/other", requestFace+".Response", uint32(0), map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{"file:///not-ours"})})
	p.conn.Emit(handle, requestFace+".Response", p.status, results)
	return handle, nil
}

func (p *portal) SaveFile(sender dbus.Sender, a, b string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return p.OpenFile(sender, a, b, options)
}

func startPortal(t *testing.T, status uint32, uris ...string) *portal {
	t.Helper()
	conn, err := sessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &portal{conn, status, uris, make(chan map[string]dbus.Variant, 1)}
	if err := conn.Export(p, portalPath, chooserFace); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(portalName, 0); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPortalAnswers(t *testing.T) {
	startBus(t)
	p := startPortal(t, 0, "file:///a+b.txt", "file:///%ED%95%9C.txt", "trash:///x")
	paths, err := ask(context.Background(), "", Request{Title: "t", Multiple: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(paths, []string{"/a+b.txt", "/한.txt"}) {
		t.Errorf("paths %q", paths)
	}
	options := <-p.options
	if options["multiple"].Value() != true || options["directory"].Value() != false {
		t.Errorf("options %v", options)
	}
}

func TestPortalSaves(t *testing.T) {
	startBus(t)
	p := startPortal(t, 0, "file:///home/a/card.txt")
	paths, err := ask(context.Background(), "", Request{Title: "t", SaveAs: "card.txt"})
	if err != nil || !slices.Equal(paths, []string{"/home/a/card.txt"}) {
		t.Errorf("%q, %v", paths, err)
	}
	if got := (<-p.options)["current_name"].Value(); got != "card.txt" {
		t.Errorf("name %v", got)
	}
}

func TestPortalCancelled(t *testing.T) {
	startBus(t)
	startPortal(t, 1, "file:///x")
	paths, err := ask(context.Background(), "", Request{})
	if err != nil || paths != nil {
		t.Errorf("%q, %v", paths, err)
	}
}

func TestNoPortal(t *testing.T) {
	startBus(t)
	if _, err := ask(context.Background(), "", Request{}); !errors.Is(err, errNoPortal) {
		t.Errorf("with a bus: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	if _, err := ask(context.Background(), "", Request{}); !errors.Is(err, errNoPortal) {
		t.Errorf("without a bus: %v", err)
	}
}

// fileManager records what it is asked to show.
type fileManager struct{ shown chan string }

func (f fileManager) ShowItems(uris []string, _ string) *dbus.Error {
	f.shown <- uris[0]
	return nil
}

func TestReveal(t *testing.T) {
	startBus(t)
	conn, err := sessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f := fileManager{make(chan string, 1)}
	conn.Export(f, "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1")
	if _, err := conn.RequestName("org.freedesktop.FileManager1", 0); err != nil {
		t.Fatal(err)
	}
	if err := showItems("/home/a b.age"); err != nil {
		t.Fatal(err)
	}
	if got := <-f.shown; got != "file:///home/a%20b.age" {
		t.Errorf("shown %s", got)
	}
}

func TestRevealFails(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	t.Setenv("PATH", t.TempDir()) // no xdg-open
	failed := make(chan bool)
	Reveal("/home/a.age", func() { failed <- true })
	<-failed
}
