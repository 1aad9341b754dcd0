package recovery

import (
	"cryptodesk/engine/recovery"
	"cryptodesk/gui/text"
)

// icons of pieces; what brings nothing has none of its own.
var icons = map[recovery.PieceKind]string{
	recovery.BackupPiece: "archive", recovery.IdentityPiece: "key", recovery.SheetPiece: "file", recovery.SharePiece: "people",
	recovery.DepositPiece: "person", recovery.ReleasePiece: "unlock", recovery.LegacyPiece: "clock",
}

// title is what a piece is called: its file's name, or that it was typed.
func title(p recovery.Piece) string {
	if p.Name == "" {
		return text.T("recovery.piece.typed")
	}
	return text.Name(p.Name)
}

// describe says what a piece is and what it holds.
func describe(p recovery.Piece) string {
	key := "recovery.piece." + string(p.Kind)
	if p.Kind == recovery.SharePiece {
		if p.Of == 0 {
			return text.T(key+".some", "share", p.Share, "need", p.Need)
		}
		return text.T(key, "share", p.Share, "of", p.Of, "need", p.Need)
	}
	says := text.T(key)
	if len(p.Keys) > 0 {
		if names := namesOf(p); names != "" {
			says += " " + text.T("recovery.piece.keys", "n", len(p.Keys), "names", names)
		}
	}
	if p.Contacts > 0 {
		says += " " + text.T("recovery.piece.contacts", "n", p.Contacts)
	}
	return says
}

func namesOf(p recovery.Piece) string {
	var names []string
	for _, k := range p.Keys {
		if !recovery.Unnamed(k) {
			names = append(names, text.Name(k.Name))
		}
	}
	return few(names)
}

// lacking says how many shares of a set are still to be found.
func lacking(m recovery.Missing) string {
	if m.Owner == "" {
		return text.T("recovery.lacks", "n", m.Lacks(), "have", m.Have, "need", m.Need)
	}
	return text.T("recovery.lacks.of", "n", m.Lacks(), "have", m.Have, "need", m.Need, "name", text.Name(m.Owner))
}

// lacks is how many shares the set needs that is nearest to its end.
func lacks(f recovery.Found) int {
	least := 0
	for _, m := range f.Missing {
		if n := m.Lacks(); least == 0 || n < least {
			least = n
		}
	}
	return least
}

// holds says what comes back.
func holds(f recovery.Found) string {
	var names []string
	known := 0
	for _, k := range f.Keys {
		if !recovery.Unnamed(k.Public) {
			names = append(names, text.Name(k.Name))
		}
		if k.Known {
			known++
		}
	}
	says := text.T("recovery.holds.unnamed", "n", len(f.Keys))
	if len(names) > 0 {
		says = text.T("recovery.holds", "n", len(f.Keys), "names", few(names))
	}
	if known > 0 {
		says += " " + text.T("recovery.holds.known", "n", known)
	}
	if f.Contacts > 0 {
		says += " " + text.T("recovery.holds.contacts", "n", f.Contacts)
	}
	return says
}
