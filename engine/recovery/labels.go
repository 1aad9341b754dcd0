package recovery

// Labels are the words on what is printed, in the language of the person. The
// engine has none.
type Labels struct {
	Language      string // "en", "ko"
	Regular, Bold []byte // fonts that have the letters of it: TrueType or OpenType

	// T is the text for a key, with the values of its placeholders as pairs.
	T func(key string, args ...any) string
}
