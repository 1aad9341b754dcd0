package keys

// importFrom opens the import sheet; with paths it reads them at once.
func (s *Screen) importFrom(paths []string) {}
