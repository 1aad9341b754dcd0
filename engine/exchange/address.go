package exchange

import (
	"net"
	"strconv"
	"strings"

	"cryptodesk/engine/fault"
)

// Address is host and port as one text; an empty host is every address of this
// computer.
func Address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// ParseAddress reads what a person typed: a name or number of a computer, and a
// port if it is not DefaultPort. Errors: BadAddress.
func ParseAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	host, port, err := net.SplitHostPort(text)
	if err != nil { // no port, or an IPv6 address without brackets
		host, port = strings.Trim(text, "[]"), strconv.Itoa(DefaultPort)
		if strings.Contains(host, ":") && net.ParseIP(strings.SplitN(host, "%", 2)[0]) == nil {
			return "", fault.New(fault.BadAddress, text, nil)
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || host == "" || strings.ContainsAny(host, " \t/\\@") {
		return "", fault.New(fault.BadAddress, text, nil)
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// Reachable is where others can reach a listener at that address: itself, or
// if it listens everywhere, each address of this computer that is not only its
// own, IPv4 first.
func Reachable(at net.Addr) []string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return nil
	}
	if !tcp.IP.IsUnspecified() {
		return []string{tcp.String()}
	}
	port := strconv.Itoa(tcp.Port)
	var four, six []string
	addresses, _ := net.InterfaceAddrs() // none known is none told
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		switch {
		case !ok || n.IP.IsLoopback() || n.IP.IsLinkLocalUnicast():
		case n.IP.To4() != nil:
			four = append(four, net.JoinHostPort(n.IP.String(), port))
		default:
			six = append(six, net.JoinHostPort(n.IP.String(), port))
		}
	}
	if all := append(four, six...); len(all) > 0 {
		return all
	}
	return []string{net.JoinHostPort("127.0.0.1", port)}
}
