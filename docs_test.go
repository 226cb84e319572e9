package glearn_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goBlocks are the blocks of Go in a page of documentation.
func goBlocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, part := range strings.Split(string(text), "```go\n")[1:] {
		block, _, ok := strings.Cut(part, "```")
		if !ok {
			t.Fatalf("%s: a block does not end", page)
		}
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no blocks of Go", page)
	}
	return blocks
}

// The program in the README builds as it stands, and where the data is there,
// it trains.
func TestProgramInReadme(t *testing.T) {
	program := goBlocks(t, "README.md")[0]
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o666); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "program")
	if out, err := exec.Command("go", "build", "-o", binary, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if os.Getenv("GLEARN_DATA") == "" {
		t.Skip("GLEARN_DATA is not set: the program was built, but not run")
	}
	out, err := exec.Command(binary).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Epoch 9/9: 16 steps", "loss: 0.", "accuracy: 0.7", "640,064", "4,160", "2,990", "647,214"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
}

// What these pages show is part of examples and programs that run in tests.
func TestCodeOnPages(t *testing.T) {
	for page, files := range map[string][]string{
		"docs/adding-a-layer.md": {"nn/example_test.go", "nn/preprocessing/example_test.go"},
		"docs/from-keras.md":     {"examples/csv/main.go", "nn/example_own_test.go", "nn/layers/example_test.go"},
	} {
		var examples string
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			examples += flush(string(source))
		}
		for _, block := range goBlocks(t, page) {
			if !strings.Contains(examples, flush(block)) {
				t.Errorf("%s: none of %q has\n%s", page, files, block)
			}
		}
	}
}

// flush takes the indentation off.
func flush(code string) string {
	lines := strings.Split(code, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return strings.Join(lines, "\n")
}
