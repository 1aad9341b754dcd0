//go:build linux

package desk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Size of the virtual screen in pixels; the program has no window manager and its window stands at the top left.
const (
	Width  = 1280
	Height = 800
)

// Display is one virtual desktop. Its methods are not safe for concurrent use.
type Display struct {
	Name  string   // as in DISPLAY, such as ":99"
	Extra []string // more environment for the programs

	dir     string
	bus     string // address of the private message bus
	system  string // address of the one that stands for the system's
	servers []*exec.Cmd
	conn    *xgb.Conn
	root    xproto.Window
	keys    keyboard
}

// Needs names the programs a desktop cannot be made without and that are not installed.
func Needs() (missing []string) {
	for _, name := range []string{"Xvfb", "dbus-daemon"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// Open starts a desktop. It ends with Close, or with this process.
func Open(ctx context.Context) (*Display, error) {
	if missing := Needs(); len(missing) > 0 {
		return nil, fmt.Errorf("not installed: %s (make deps)", strings.Join(missing, ", "))
	}
	dir, err := os.MkdirTemp("", "desk-")
	if err != nil {
		return nil, err
	}
	d := &Display{dir: dir}
	if err := errors.Join(d.startX(ctx), d.startBus(ctx, "session", &d.bus), d.startBus(ctx, "system", &d.system)); err != nil {
		d.Close()
		return nil, err
	}
	if err := d.connect(); err != nil {
		d.Close()
		return nil, fmt.Errorf("talk to Xvfb on %s: %w", d.Name, err)
	}
	return d, nil
}

// Close ends the desktop and everything it started.
func (d *Display) Close() {
	if d.conn != nil {
		d.conn.Close()
	}
	for _, s := range d.servers {
		s.Process.Signal(syscall.SIGTERM)
		s.Wait()
	}
	os.RemoveAll(d.dir)
}

// startX lets the server choose a free display and waits for its answer.
func (d *Display) startX(ctx context.Context) error {
	screen := fmt.Sprintf("%dx%dx24", Width, Height)
	line, err := d.server(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
	d.Name = ":" + line
	return err
}

// busConfig knows no services, so that nothing of the machine's own desktop is started or found.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen><policy context="default">
<allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
`

func (d *Display) startBus(ctx context.Context, name string, address *string) (err error) {
	config := filepath.Join(d.dir, name+".conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, d.dir), 0o600); err != nil {
		return err
	}
	*address, err = d.server(ctx, "dbus-daemon", "--nofork", "--nopidfile", "--config-file="+config, "--print-address=3")
	return err
}

// server starts a program that writes one line to descriptor 3 when it is ready, and returns that line.
func (d *Display) server(ctx context.Context, name string, args ...string) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	var said strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Stderr = &said
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return "", err
	}
	d.servers = append(d.servers, cmd)
	stop := context.AfterFunc(ctx, func() { r.Close() })
	defer stop()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s did not start: %w: %s", name, err, said.String())
	}
	return strings.TrimSpace(line), nil
}

func (d *Display) connect() (err error) {
	xgb.Logger = log.New(io.Discard, "", 0) // it reports the end of a connection we closed
	if d.conn, err = xgb.NewConnDisplay(d.Name); err != nil {
		return err
	}
	if err := errors.Join(xtest.Init(d.conn), damage.Init(d.conn)); err != nil {
		return err
	}
	d.root = xproto.Setup(d.conn).DefaultScreen(d.conn).Root
	return d.keys.load(d.conn)
}

// Buses are the addresses of the session's and the system's message bus, for a test that plays a service.
func (d *Display) Buses() (session, system string) { return d.bus, d.system }

// Env is the environment of a program on this desktop: its own home, nothing of the person's own session.
func (d *Display) Env(home string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"DISPLAY=" + d.Name,
		"DBUS_SESSION_BUS_ADDRESS=" + d.bus,
		"DBUS_SYSTEM_BUS_ADDRESS=" + d.system,
		"HOME=" + home,
		"XDG_RUNTIME_DIR=" + d.dir,
		"XDG_CONFIG_HOME=" + filepath.Join(home, ".config"),
		"XDG_DATA_HOME=" + filepath.Join(home, ".local", "share"),
		"XDG_CACHE_HOME=" + filepath.Join(home, ".cache"),
		"LIBGL_ALWAYS_SOFTWARE=1",
		"LC_ALL=C.UTF-8",
		"LANG=en_US.UTF-8",
	}
	// One shader and font cache for all runs; drawing is the same without it, only slower.
	if cache, err := os.UserCacheDir(); err == nil {
		env = append(env, "MESA_SHADER_CACHE_DIR="+filepath.Join(cache, "mesa_shader_cache"))
	}
	return append(env, d.Extra...)
}

// atom interns a name on a connection.
func atom(c *xgb.Conn, name string) (xproto.Atom, error) {
	r, err := xproto.InternAtom(c, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, fmt.Errorf("atom %s: %w", name, err)
	}
	return r.Atom, nil
}
