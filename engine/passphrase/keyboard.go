package passphrase

// keyAt places the keys of a Latin keyboard: x in quarters of a key, each row shifted as on the desk, and y by rows.
var keyAt = func() (at [128]struct{ x, y int8 }) {
	for y, row := range []struct {
		shift       int8
		plain, caps string
	}{
		{1, "`1234567890-=", "~!@#$%^&*()_+"},
		{7, "qwertyuiop[]\\", "QWERTYUIOP{}|"},
		{8, "asdfghjkl;'", "ASDFGHJKL:\""},
		{10, "zxcvbnm,./", "ZXCVBNM<>?"},
	} {
		for i := range row.plain {
			x := row.shift + int8(4*i)
			at[row.plain[i]].x, at[row.plain[i]].y = x, int8(y)
			at[row.caps[i]].x, at[row.caps[i]].y = x, int8(y)
		}
	}
	return at
}()

// neighbours gives the direction from key a to key b when they touch. x 0 means no key.
func neighbours(a, b rune) (x, y int, ok bool) {
	if a < 0 || b < 0 || int(a) >= len(keyAt) || int(b) >= len(keyAt) || keyAt[a].x == 0 || keyAt[b].x == 0 {
		return 0, 0, false
	}
	dx, dy := int(keyAt[b].x)-int(keyAt[a].x), int(keyAt[b].y)-int(keyAt[a].y)
	beside := dy == 0 && (dx == 4 || dx == -4)
	above := (dy == 1 || dy == -1) && dx >= -3 && dx <= 3
	return sign(dx), dy, beside || above
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
