package text

import "cryptodesk/engine/fault"

// Fault answers the two sentences of an error a person can meet: what
// happened, and what to do. Empty for nil.
func Fault(e *fault.Error) (what, do string) {
	if e == nil {
		return "", ""
	}
	key := "fault." + string(e.Kind)
	subject := Name(e.Subject)
	return T(key+".what", "subject", subject), T(key+".do", "subject", subject)
}

// FaultOf is Fault of any error.
func FaultOf(err error) (what, do string) {
	if err == nil {
		return "", ""
	}
	return Fault(fault.As(err))
}
