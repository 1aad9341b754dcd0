package fault

import "slices"

// Kind says what went wrong in terms a person can act on. Its value is part of the translation keys and of the JSON
// output of the verbs, so a kind is never renamed.
type Kind string

// Paths, names and disks.
const (
	NotFound      Kind = "NotFound"      // nothing at that path
	DanglingLink  Kind = "DanglingLink"  // a symbolic link to nothing
	LinkLoop      Kind = "LinkLoop"      // symbolic links that lead back to themselves
	NotRegular    Kind = "NotRegular"    // a device, pipe or socket, or a folder where a file was needed
	Permission    Kind = "Permission"    // the account may not
	ReadOnly      Kind = "ReadOnly"      // the disk takes no writes
	NoSpace       Kind = "NoSpace"       // disk or quota full
	Exists        Kind = "Exists"        // the name is taken and nothing may be replaced
	NameTooLong   Kind = "NameTooLong"   // longer than the file system allows
	BadName       Kind = "BadName"       // characters the file system refuses
	SourceChanged Kind = "SourceChanged" // the original changed while it was read
	SourceGone    Kind = "SourceGone"    // the original vanished while it was read
	InsideItself  Kind = "InsideItself"  // the result would lie in the folder being read
	TooDeep       Kind = "TooDeep"       // more nested folders than allowed
	TooLarge      Kind = "TooLarge"      // more bytes than allowed there
	TooMany       Kind = "TooMany"       // more entries than allowed there
	Protected     Kind = "Protected"     // the whole system or the home folder itself
	DiskError     Kind = "DiskError"     // the device reported a failure
	Busy          Kind = "Busy"          // in use by another program, or the system is out of resources
)

// Encrypted files.
const (
	Empty          Kind = "Empty"          // no bytes where an encrypted file was expected
	NotEncrypted   Kind = "NotEncrypted"   // not an age file
	HeaderDamaged  Kind = "HeaderDamaged"  // the header does not parse or its MAC is wrong
	ArmorDamaged   Kind = "ArmorDamaged"   // the text form does not decode
	Truncated      Kind = "Truncated"      // the end is missing
	PayloadDamaged Kind = "PayloadDamaged" // a chunk does not authenticate
	TrailingData   Kind = "TrailingData"   // bytes after the end
	TooNew         Kind = "TooNew"         // a format version this program does not know
)

// Keys, passphrases and people.
const (
	WrongPassphrase Kind = "WrongPassphrase"
	NoKey           Kind = "NoKey"           // none of the keys at hand opens it
	NeedPassphrase  Kind = "NeedPassphrase"  // only a passphrase opens it and none was given
	WorkFactor      Kind = "WorkFactor"      // the passphrase cost is above what is accepted
	MixedKeys       Kind = "MixedKeys"       // classic and post-quantum recipients in one file
	NoRecipients    Kind = "NoRecipients"    // nobody to encrypt for
	BadRecipient    Kind = "BadRecipient"    // not a public key this program can use
	BadIdentity     Kind = "BadIdentity"     // not a private key this program can use
	PassphraseAlone Kind = "PassphraseAlone" // a passphrase together with other recipients
)

// Folders inside encrypted files.
const (
	UnsafePath       Kind = "UnsafePath"       // an entry with .. or an absolute name
	UnsafeLink       Kind = "UnsafeLink"       // a link that leads out of the folder
	DuplicateEntry   Kind = "DuplicateEntry"   // the same name twice
	UnsupportedEntry Kind = "UnsupportedEntry" // a device, pipe or socket
	ArchiveDamaged   Kind = "ArchiveDamaged"   // the archive does not parse
)

// Keyring, contacts, session.
const (
	Locked         Kind = "Locked"
	KeyringMissing Kind = "KeyringMissing"
	KeyringDamaged Kind = "KeyringDamaged"
	KeyringExists  Kind = "KeyringExists"
	KeyringTooNew  Kind = "KeyringTooNew"
	ProfileBusy    Kind = "ProfileBusy" // another CryptoDesk uses the same profile folder
	CardDamaged    Kind = "CardDamaged" // a contact card that does not parse
	CardForged     Kind = "CardForged"  // a contact card whose signature is wrong
	NameMissing    Kind = "NameMissing" // a name is needed and none was given
	NameTaken      Kind = "NameTaken"   // another key pair or contact has it
	NoContact      Kind = "NoContact"   // no contact of that name
	KeyMissing     Kind = "KeyMissing"  // no key pair of that name

	LastKey        Kind = "LastKey"        // the only key pair cannot be deleted
	GroupMissing   Kind = "GroupMissing"   // no group of that name
	ContactChanged Kind = "ContactChanged" // another key came under a contact's name; nothing goes there until somebody decided
	CannotImport   Kind = "CannotImport"   // recognised, but not something this program can use; Subject says what
	NoCode         Kind = "NoCode"         // a picture or PDF without a QR code that means anything to this program
	PictureDamaged Kind = "PictureDamaged" // a picture or PDF that is cut off or does not decode
	PluginMissing  Kind = "PluginMissing"  // the age plugin named in Subject is not installed
	Unproven       Kind = "Unproven"       // only a plugin made the result openable, so its original stays
	PluginFailed   Kind = "PluginFailed"   // the age plugin named in Subject did not do it
	StateDamaged   Kind = "StateDamaged"   // the sealed session state was changed or is not this profile's
	StateOld       Kind = "StateOld"       // the sealed session state is older than what was written last
	StateForeign   Kind = "StateForeign"   // the sealed session state is of another passphrase or profile
	TooSoon        Kind = "TooSoon"        // another passphrase attempt is accepted only later
)

// Shares of a key, in words.
const (
	ShareWord     Kind = "ShareWord"     // a word that no share has; Subject is its number
	ShareLength   Kind = "ShareLength"   // too few or too many words; Subject is how many
	ShareSuspect  Kind = "ShareSuspect"  // one word does not fit the others; Subject is its number
	ShareChecksum Kind = "ShareChecksum" // the words do not fit together
	ShareInvalid  Kind = "ShareInvalid"  // the words fit together, but no program should have written them
	ShareForeign  Kind = "ShareForeign"  // of another set; Subject is the share
	ShareRepeated Kind = "ShareRepeated" // there already; Subject is the share
	ShareAltered  Kind = "ShareAltered"  // the other shares agree without it; Subject is the share
	ShareMissing  Kind = "ShareMissing"  // more are needed; Subject is how many
	ShareMismatch Kind = "ShareMismatch" // the shares do not agree, and there is no telling which is wrong
	SharePlan     Kind = "SharePlan"     // a number of shares that cannot be made; Subject is "needed/made"
)

// What old scripts wrote.
const (
	LegacyUnknown Kind = "LegacyUnknown" // it looks like none of the formats
	LegacyNothing Kind = "LegacyNothing" // the passphrase or key brings nothing out of it
	LegacyNeedKey Kind = "LegacyNeedKey" // only a private key opens it
)

// Pieces that bring keys back.
const (
	NoPiece       Kind = "NoPiece"       // there is no key in it; Subject is the piece
	WrongKey      Kind = "WrongKey"      // it brings back another key than the one it says, or that was asked for
	PieceRepeated Kind = "PieceRepeated" // it is there already
)

// The recovery agent.
const (
	AgentIncomplete Kind = "AgentIncomplete" // a recovery agent without both sorts of key would be left out of some files
	AgentMissing    Kind = "AgentMissing"    // the recovery agent is no contact any more
	AgentUnwritten  Kind = "AgentUnwritten"  // an agent's own key of which nothing was written down
)

// The channel to a contact.
const (
	Unreachable   Kind = "Unreachable"   // nobody answers at that address
	NoSigning     Kind = "NoSigning"     // the contact has no signing key: a bare public key, not a card
	BadAddress    Kind = "BadAddress"    // not the address of a computer
	NoListen      Kind = "NoListen"      // the port cannot be listened at
	PeerWrong     Kind = "PeerWrong"     // somebody with another key answers there
	PeerForeign   Kind = "PeerForeign"   // what answers there is another program
	PeerUnknown   Kind = "PeerUnknown"   // the other side does not know one's key, or is not ready
	Disconnected  Kind = "Disconnected"  // the connection broke
	Declined      Kind = "Declined"      // the other person said no
	PeerBusy      Kind = "PeerBusy"      // the other person is being asked already
	PeerFull      Kind = "PeerFull"      // no space over there
	PeerCancelled Kind = "PeerCancelled" // the other person stopped it
	PeerLeft      Kind = "PeerLeft"      // the other program ended
	PeerFailed    Kind = "PeerFailed"    // something went wrong over there
	WordsWrong    Kind = "WordsWrong"    // the words that were read out are not those of this meeting
	OfferBad      Kind = "OfferBad"      // what comes is not what was offered, or makes no sense
)

// What is left with somebody, asked for and released.
const (
	NotVerified    Kind = "NotVerified"    // the contact's safety words were not compared
	NotPostQuantum Kind = "NotPostQuantum" // the contact has no post-quantum key
	DepositDamaged Kind = "DepositDamaged" // not a deposit, or one that does not parse
	DepositForged  Kind = "DepositForged"  // a deposit in the name of somebody whose key is not in it
	DepositHeld    Kind = "DepositHeld"    // somebody's deposit, where they asked for their own back
	RequestDamaged Kind = "RequestDamaged" // not a request, or one that does not parse
	RequestForged  Kind = "RequestForged"  // a request whose signature is wrong
	RequestStale   Kind = "RequestStale"   // a request of more than a week ago
	RequestFuture  Kind = "RequestFuture"  // a request of a date that is still to come
	RequestUsed    Kind = "RequestUsed"    // a request that was released already
	BadCode        Kind = "BadCode"        // not four words of the list
	WrongCode      Kind = "WrongCode"      // four words that are not those of this request or release
	CodeSpent      Kind = "CodeSpent"      // too many wrong codes for one request
	ReleaseDamaged Kind = "ReleaseDamaged" // not a release, or one that does not parse
	ReleaseForeign Kind = "ReleaseForeign" // a release that nobody here asked for
	ReleaseStale   Kind = "ReleaseStale"   // a release for a request that is long over
	ReleaseFuture  Kind = "ReleaseFuture"  // a release of a date that is still to come
	ReleaseUsed    Kind = "ReleaseUsed"    // a release that was taken in already
)

// The search for a forgotten passphrase.
const (
	NotPassphrase     Kind = "NotPassphrase"     // the file is encrypted, but not with a passphrase
	RecipeEmpty       Kind = "RecipeEmpty"       // nothing is remembered that a guess could be made of
	RecipeBad         Kind = "RecipeBad"         // line Subject of what is remembered cannot be read
	Hopeless          Kind = "Hopeless"          // so many guesses that they would never be tried; the cause has the numbers
	NoGuess           Kind = "NoGuess"           // every guess was tried and none is it
	MemoryShort       Kind = "MemoryShort"       // less memory than one guess takes
	CheckpointDamaged Kind = "CheckpointDamaged" // the note of how far a search got was changed
	CheckpointForeign Kind = "CheckpointForeign" // it is of another search: other memories, another file or another share
)

// The program itself.
const (
	Cancelled Kind = "Cancelled"
	Usage     Kind = "Usage"     // a command line that does not parse
	NoDisplay Kind = "NoDisplay" // no graphical session to open a window in
	Internal  Kind = "Internal"  // a mistake of the program
)

var kinds = []Kind{
	NotFound, DanglingLink, LinkLoop, NotRegular, Permission, ReadOnly, NoSpace, Exists, NameTooLong, BadName,
	SourceChanged, SourceGone, InsideItself, TooDeep, TooLarge, TooMany, Protected, DiskError, Busy,
	Empty, NotEncrypted, HeaderDamaged, ArmorDamaged, Truncated, PayloadDamaged, TrailingData, TooNew,
	WrongPassphrase, NoKey, NeedPassphrase, WorkFactor, MixedKeys, NoRecipients, BadRecipient, BadIdentity, PassphraseAlone,
	UnsafePath, UnsafeLink, DuplicateEntry, UnsupportedEntry, ArchiveDamaged,
	Locked, KeyringMissing, KeyringDamaged, KeyringExists, KeyringTooNew, ProfileBusy, CardDamaged, CardForged,
	NameMissing, NameTaken, NoContact, KeyMissing,
	LastKey, GroupMissing, ContactChanged, CannotImport, NoCode, PictureDamaged, PluginMissing, PluginFailed, Unproven, StateDamaged, StateOld, StateForeign, TooSoon,
	ShareWord, ShareLength, ShareSuspect, ShareChecksum, ShareInvalid, ShareForeign, ShareRepeated, ShareAltered, ShareMissing, ShareMismatch,
	SharePlan, LegacyUnknown, LegacyNothing, LegacyNeedKey, NoPiece, WrongKey, PieceRepeated,
	Unreachable, NoSigning, BadAddress, NoListen, PeerWrong, PeerForeign, PeerUnknown, Disconnected, Declined, PeerBusy, PeerFull, PeerCancelled, PeerLeft, PeerFailed, WordsWrong, OfferBad,
	NotVerified, NotPostQuantum, DepositDamaged, DepositForged, DepositHeld, RequestDamaged, RequestForged, RequestStale, RequestFuture, RequestUsed,
	BadCode, WrongCode, CodeSpent, ReleaseDamaged, ReleaseForeign, ReleaseStale, ReleaseFuture, ReleaseUsed,
	AgentIncomplete, AgentMissing, AgentUnwritten,
	NotPassphrase, RecipeEmpty, RecipeBad, Hopeless, NoGuess, MemoryShort, CheckpointDamaged, CheckpointForeign,
	Cancelled, Usage, NoDisplay, Internal,
}

// Kinds returns every kind, in the order of their declaration. The caller owns the slice.
func Kinds() []Kind { return slices.Clone(kinds) }

// Retryable reports whether the same job can succeed later without a change to what was asked: the cause lies outside the
// file (space, a permission, a disk that was unplugged, a passphrase) and a person can remove it.
func (k Kind) Retryable() bool {
	switch k {
	case NotFound, Permission, ReadOnly, NoSpace, Exists, SourceChanged, SourceGone, DiskError, Busy,
		WrongPassphrase, NeedPassphrase, Locked, ProfileBusy, PluginMissing, PluginFailed, TooSoon, Cancelled,
		Unreachable, NoListen, PeerUnknown, Disconnected, Declined, PeerBusy, PeerFull, PeerCancelled, PeerLeft, PeerFailed,
		BadCode, WrongCode, MemoryShort:
		return true
	}
	return false
}

// Exit returns the exit code of a verb that ends with this kind: 0 for the empty kind, 1 failed, 2 usage, 3 wrong
// passphrase or no key, 4 damaged, 130 cancelled (128 + SIGINT, as shells report it).
func (k Kind) Exit() int {
	switch k {
	case "":
		return 0
	case Usage, NoRecipients, PassphraseAlone, SharePlan, BadAddress, RecipeEmpty, RecipeBad:
		return 2
	case WrongPassphrase, NoKey, NeedPassphrase, Locked, TooSoon, ShareMissing, LegacyNothing, LegacyNeedKey,
		BadCode, WrongCode, CodeSpent, NoGuess:
		return 3
	case HeaderDamaged, ArmorDamaged, Truncated, PayloadDamaged, TrailingData, ArchiveDamaged, KeyringDamaged,
		CardDamaged, CardForged, StateDamaged, StateOld, StateForeign,
		ShareWord, ShareLength, ShareSuspect, ShareChecksum, ShareInvalid, ShareAltered, ShareMismatch,
		DepositDamaged, DepositForged, RequestDamaged, RequestForged, ReleaseDamaged, CheckpointDamaged:
		return 4
	case Cancelled:
		return 130
	}
	return 1
}
