package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	portalName    = "org.freedesktop.portal.Desktop"
	portalPath    = "/org/freedesktop/portal/desktop"
	chooserFace   = "org.freedesktop.portal.FileChooser"
	requestFace   = "org.freedesktop.portal.Request"
	answerTimeout = 5 * time.Second // to accept the request, not to choose
)

// errNoPortal means that the desktop offers no file chooser.
var errNoPortal = errors.New("shell: no portal")

var requests atomic.Uint64

// ask shows the portal's chooser and blocks until the person answered. No
// paths and no error means that they cancelled. The protocol is the one of
// org.freedesktop.portal.FileChooser and .Request.
func ask(ctx context.Context, parent string, r Request) ([]string, error) {
	conn, err := sessionBus()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPortal, err)
	}
	defer conn.Close()

	token := fmt.Sprintf("cryptodesk%d", requests.Add(1))
	answers := make(chan *dbus.Signal, 4)
	conn.Signal(answers)
	// The answer may come before the call returns, so its place is known first.
	err = conn.AddMatchSignal(
		dbus.WithMatchSender(portalName),
		dbus.WithMatchInterface(requestFace),
		dbus.WithMatchMember("Response"),
	)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPortal, err)
	}
	handle, err := send(ctx, conn, parent, token, r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPortal, err)
	}
	for {
		select {
		case <-ctx.Done():
			conn.Object(portalName, handle).Go(requestFace+".Close", dbus.FlagNoReplyExpected, nil)
			return nil, nil
		case s, open := <-answers:
			if !open {
				return nil, nil
			}
			if s.Path == handle && s.Name == requestFace+".Response" {
				return chosen(s.Body), nil
			}
		}
	}
}

func send(ctx context.Context, conn *dbus.Conn, parent, token string, r Request) (dbus.ObjectPath, error) {
	ctx, stop := context.WithTimeout(ctx, answerTimeout)
	defer stop()
	method := chooserFace + ".OpenFile"
	options := map[string]dbus.Variant{
		"handle_token": dbus.MakeVariant(token),
		"modal":        dbus.MakeVariant(true),
	}
	if r.Accept != "" {
		options["accept_label"] = dbus.MakeVariant(r.Accept)
	}
	if r.Start != "" {
		options["current_folder"] = dbus.MakeVariant(append([]byte(r.Start), 0))
	}
	if r.SaveAs != "" {
		method = chooserFace + ".SaveFile"
		options["current_name"] = dbus.MakeVariant(strings.ToValidUTF8(r.SaveAs, "_"))
	} else {
		options["multiple"] = dbus.MakeVariant(r.Multiple)
		options["directory"] = dbus.MakeVariant(r.Folder)
	}
	var handle dbus.ObjectPath
	call := conn.Object(portalName, portalPath).CallWithContext(ctx, method, 0, parent, r.Title, options)
	return handle, errors.Join(call.Err, call.Store(&handle))
}

// chosen reads the body of a Response signal: a status, 0 for success, and the
// results.
func chosen(body []any) []string {
	if len(body) != 2 {
		return nil
	}
	status, _ := body[0].(uint32)
	results, _ := body[1].(map[string]dbus.Variant)
	uris, _ := results["uris"].Value().([]string)
	if status != 0 {
		return nil
	}
	var paths []string
	for _, uri := range uris {
		if path, ok := pathOf(uri); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// sessionBus connects without starting a bus where none runs: godbus would
// leave a daemon behind.
func sessionBus() (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
