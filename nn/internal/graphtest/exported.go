package graphtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// Exported lists the exported types of the package in the working directory
// that have all of the methods, and the exported constants of type constType
// (none if that is empty): what a table of tests must be complete over.
func Exported(t testing.TB, constType string, methods ...string) (types, consts []string) {
	t.Helper()
	return ExportedIn(t, ".", constType, methods...)
}

// ExportedIn is Exported of the package in a folder.
func ExportedIn(t testing.TB, folder, constType string, methods ...string) (types, consts []string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]map[string]bool{}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, f.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					continue
				}
				recv := d.Recv.List[0].Type
				if star, ok := recv.(*ast.StarExpr); ok {
					recv = star.X
				}
				if name, ok := recv.(*ast.Ident); ok && name.IsExported() {
					if has[name.Name] == nil {
						has[name.Name] = map[string]bool{}
					}
					has[name.Name][d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					v, ok := s.(*ast.ValueSpec)
					if !ok || d.Tok != token.CONST || constType == "" {
						continue
					}
					if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == constType {
						for _, n := range v.Names {
							if n.IsExported() {
								consts = append(consts, n.Name)
							}
						}
					}
				}
			}
		}
	}
	for name, set := range has {
		all := true
		for _, m := range methods {
			all = all && set[m]
		}
		if all {
			types = append(types, name)
		}
	}
	sort.Strings(types)
	return types, consts
}
