package identity

import "cryptodesk/engine/fault"

// MarshalCode is a contact card in the short form that a QR code holds: what
// the text form says, in binary, as base45 (RFC 9285) behind a prefix.
// Errors: CardDamaged for what is no card, TooLarge.
func MarshalCode(card []byte) (string, error) { return "", fault.New(fault.Internal, "", nil) }

// ParseCode is the contact card that a QR code holds, in its text form, its
// signature not yet checked: ParseCard does. Errors: NoCode, CardDamaged, TooNew.
func ParseCode(text string) ([]byte, error) { return nil, fault.New(fault.Internal, "", nil) }
