package keyring

import "cryptodesk/engine/fault"

// Group is a name for several contacts.
type Group struct {
	Name    string
	Members []string // IDs of contacts, each once, in no order that matters
}

// Groups lists them by name. Members who are no contacts any more are left out.
func (k *Keyring) Groups() []Group { return nil }

// SetGroup replaces the group called old, or adds one when old is empty.
// Errors: GroupMissing, NameTaken (by a group or a contact), NoContact,
// TooMany, those of identity.CleanName.
func (k *Keyring) SetGroup(old string, g Group) error { return fault.New(fault.Internal, "", nil) }

// RemoveGroup forgets a group; its members stay. Errors: GroupMissing.
func (k *Keyring) RemoveGroup(name string) error { return fault.New(fault.Internal, "", nil) }
