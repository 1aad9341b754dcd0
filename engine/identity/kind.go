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
	Plugin     Kind = "plugin"      // recognised, and refused: no plugin is run
)

// PostQuantum says whether files to this kind of key are safe from a future
// quantum computer. age refuses both sorts in one file.
func (k Kind) PostQuantum() bool { return k == Hybrid || k == TagPQ }
