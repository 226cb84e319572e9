package nn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// folders is where the packages of docs/keras-coverage.md are.
var folders = map[string]string{
	"nn": ".", "layers": "layers", "losses": "losses", "optimizers": "optimizers", "metrics": "metrics", "activations": "activations",
	"schedules": "schedules", "initializers": "initializers", "regularizers": "regularizers", "constraints": "constraints",
	"callbacks": "callbacks", "preprocessing": "preprocessing", "data": "../data", "datasets": "../datasets",
}

// coverage is one row of a table of docs/keras-coverage.md: what is in code
// type in its second and third column.
type coverage struct {
	keras       string
	here, tests []string
}

func coverageRows(t *testing.T) []coverage {
	t.Helper()
	page, err := os.ReadFile("../docs/keras-coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`([^`]+)`")
	words := func(cell string) (out []string) {
		for _, m := range code.FindAllStringSubmatch(cell, -1) {
			out = append(out, m[1])
		}
		return out
	}
	var rows []coverage
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) == 6 && !strings.HasPrefix(cells[1], "---") && cells[1] != " Keras " {
			rows = append(rows, coverage{strings.TrimSpace(cells[1]), words(cells[2]), words(cells[3])})
		}
	}
	if len(rows) < 150 {
		t.Fatalf("found only %d rows in docs/keras-coverage.md", len(rows))
	}
	return rows
}

// declared lists the names that the Go files of a folder declare, methods as
// Type.Method: those of tests, or of the others.
func declared(t *testing.T, folder string, tests bool) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(files), err)
	}
	out := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				out[receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						out[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, n := range s.Names {
							out[n.Name] = true
						}
					}
				}
			}
		}
	}
	return out
}

// receiver is "Type." of a method, "" of a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}

// Everything that a Keras user looks for is on the page, and the page tells the
// truth about names and tests.
func TestCoveragePage(t *testing.T) {
	rows := coverageRows(t)
	names, tests := map[string]map[string]bool{}, map[string]map[string]bool{}
	for pkg, folder := range folders {
		names[pkg] = declared(t, folder, false)
	}
	listed := map[string]bool{}
	for _, r := range rows {
		if len(r.here) == 0 || len(r.tests) == 0 {
			t.Errorf("%s: the row has no name of ours, or no test", r.keras)
		}
		for _, name := range r.here {
			listed[name] = true
			if pkg, rest, ok := strings.Cut(name, "."); !ok || !names[pkg][rest] {
				t.Errorf("%s: there is no %s", r.keras, name)
			}
		}
		for _, name := range r.tests {
			at := strings.LastIndex(name, ".")
			if at < 0 {
				t.Errorf("%s: %q is no test of a package", r.keras, name)
				continue
			}
			folder := filepath.Join("..", name[:at])
			if tests[folder] == nil {
				tests[folder] = declared(t, folder, true)
			}
			if !tests[folder][name[at+1:]] {
				t.Errorf("%s: there is no test %s", r.keras, name)
			}
		}
	}
	for _, c := range []struct {
		pkg, consts string
		methods     []string
	}{
		{"layers", "", []string{"Build"}}, {"losses", "", []string{"PerSample"}}, {"optimizers", "", []string{"Update", "Slots"}},
		{"metrics", "", []string{"Sums", "Result"}}, {"activations", "Named", []string{"Apply"}}, {"schedules", "", []string{"At"}},
		{"initializers", "", []string{"Init"}}, {"regularizers", "", []string{"Penalty"}}, {"constraints", "", []string{"Project"}},
		{"callbacks", "", nil}, {"preprocessing", "", []string{"Adapt", "Apply"}},
	} {
		types, consts := graphtest.ExportedIn(t, folders[c.pkg], c.consts, c.methods...)
		if len(types) == 0 {
			t.Errorf("found no types in package %s", c.pkg)
		}
		for _, name := range append(types, consts...) {
			if full := c.pkg + "." + name; !listed[full] && full != "activations.Named" {
				t.Errorf("docs/keras-coverage.md does not have %s", full)
			}
		}
	}
}
