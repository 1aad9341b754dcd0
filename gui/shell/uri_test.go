package shell

import "testing"

func TestURIRoundTrip(t *testing.T) {
	for _, path := range []string{
		"/a", "/a b", "/a+b", "/100%", "/a#b?c", "/한글.txt", "/new\nline", "/bad\xff\xfeutf8", "/~x/-y_z.tar.age",
	} {
		got, ok := pathOf(fileURI(path))
		if !ok || got != path {
			t.Errorf("%q became %q (%v)", path, got, ok)
		}
	}
}

func TestPathOf(t *testing.T) {
	for uri, want := range map[string]string{
		"file:///a+b":            "/a+b",
		"file://localhost/a%20b": "/a b",
		"file:///%ED%95%9C":      "/한",
		"file:///a%2fb":          "/a/b",
		"file:///a%00b":          "",
		"file:///a%zz":           "",
		"file:///a%2":            "",
		"file://noslash":         "",
		"http://host/a":          "",
		"/a":                     "",
	} {
		got, ok := pathOf(uri)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", uri, got, ok, want)
		}
	}
}
