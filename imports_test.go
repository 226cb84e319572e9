package glearn_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/glearn-go/glearn"

// mayImport has, for each folder at the top, the others whose packages its own
// may import: the arrows of docs/design.md. A folder that is not here is a
// program and may import all.
var mayImport = map[string][]string{
	"compute":      {"shaders", "internal"},
	"shaders":      {},
	"cpu_fallback": {"compute", "internal"},
	"graph":        {"compute"},
	"data":         {},
	"datasets":     {"data", "internal"},
	"nn":           {"compute", "graph", "data", "internal"},
	"internal":     {},
	"":             {"compute", "cpu_fallback"},
}

// Imports follow the arrows and never go back, and only the OpenGL backend
// uses cgo. Tests, and the packages for tests, whose names end in "test", may
// open any device.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		// A gen folder is a module of its own, not part of this one.
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "gen" || d.Name() != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := path.Dir(filepath.ToSlash(file))
		top := topOf(folder)
		seen[top] = true
		allowed, bound := mayImport[top]
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if (name == "C" || strings.HasPrefix(name, "github.com/go-gl/")) && folder != "compute/opengl" {
				t.Errorf("%s imports %s: only compute/opengl uses cgo", file, name)
			}
			to, ours := strings.CutPrefix(name+"/", module+"/")
			if to = topOf(to); bound && ours && !strings.HasSuffix(folder, "test") && to != top && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: no arrow leads there", file, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range mayImport {
		if !seen[folder] {
			t.Errorf("there is no package in %q", folder)
		}
	}
}

// topOf is the first folder of a path; the module's own is "".
func topOf(p string) string {
	first, _, _ := strings.Cut(p, "/")
	if first == "." {
		return ""
	}
	return first
}
