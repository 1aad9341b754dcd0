package batch

import (
	"cryptodesk/engine/agefile"
	"cryptodesk/engine/fault"
)

// Plan says what will happen to a set of dropped paths. Making one reads
// names, sizes and headers and changes nothing.
type Plan struct {
	Encrypt []Item // plain files and folders
	Open    []Item // age files
	Special []Item // contact cards, keys in any form, recipient lists, deposits
	Refused []Item // Problem says why

	Bytes int64 // plaintext bytes of Encrypt, folders included
	Files int   // regular files of Encrypt, those in folders included
}

// Item is one dropped path and what is known about it.
type Item struct {
	Path    string
	Name    string // base name as it is on disk; safefile.Visible before it is shown
	Folder  bool
	Size    int64 // bytes; of a folder, the sum of its regular files
	Files   int   // regular files; 1 for a file
	Info    *agefile.Info
	Access  Access // Open only
	KeyName string // Access ByKey: which of one's own key pairs opens it
	Special Special
	Problem *fault.Error
}

// Access says how an encrypted file can be opened.
type Access int

const (
	AccessUnknown Access = iota // locked, or not tried: the job will find out
	ByKey                       // one of one's own key pairs opens it
	ByPassphrase                // encrypted with a passphrase
	NoAccess                    // not encrypted for any key here
	Unreadable                  // Problem says what is damaged
)

// Special is a file that belongs to another screen.
type Special int

const (
	NotSpecial     Special = iota
	CardFile               // a contact card
	KeyringFile            // a keyring or a backup of one
	IdentityFile           // an age identity file or another private key
	RecipientsFile         // public keys, one a line
	DepositFile            // what somebody left with the person here: never opened to a file
	RequestFile            // a request to release a deposit
	ReleaseFile            // a deposit that was released: never opened to a file
	ShareFile              // a share of a key
	SheetFile              // a page of ours: a recovery sheet, or a share
)
