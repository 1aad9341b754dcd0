package identity

// Kind says what sort of key something is.
type Kind string

const (
	Hybrid     Kind = "hybrid"      // age1pq1: ML-KEM-768 + X25519, the default
	X25519     Kind = "x25519"      // age1: classic
	SSHEd25519 Kind = "ssh-ed25519" // an OpenSSH key
	SSHRSA     Kind = "ssh-rsa"     // an OpenSSH key, 2048 bits or more
	Tag        Kind = "tag"         // age1tag1: P-256 on a hardware key
	TagPQ      Kind = "tagpq"       // age1tagpq1: ML-KEM-768 + P-256 on a hardware key
	Plugin     Kind = "plugin"      // age1NAME1: the age plugin NAME does the work
)

// PostQuantum says whether files to this kind of key are safe from a future
// quantum computer. age refuses both sorts in one file.
func (k Kind) PostQuantum() bool { return k == Hybrid || k == TagPQ }

// Hardware says whether the private key is on a device, or wherever a plugin
// keeps it: no backup of the keyring brings it back.
func (k Kind) Hardware() bool { return k == Tag || k == TagPQ || k == Plugin }
