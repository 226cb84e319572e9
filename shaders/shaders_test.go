package shaders

import (
	"strings"
	"testing"
)

// TestFunctionsComeOnce: what a file builds on stands before it, once, whatever
// the order it is asked for in.
func TestFunctionsComeOnce(t *testing.T) {
	text, err := Functions("tanh", "sigmoid", "exp", "tanh")
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, name := range []string{"special", "exp", "sigmoid", "tanh"} {
		mark := FileMark + "functions/" + name + ".glsl\n"
		at := strings.Index(text, mark)
		if n := strings.Count(text, mark); n != 1 || at < last {
			t.Errorf("%s stands %d times, at %d, want once and behind %d", name, n, at, last)
		}
		last = at
	}
	again, err := Functions("exp", "tanh", "sigmoid")
	if err != nil || again != text {
		t.Errorf("another order of asking makes another text (%v)", err)
	}
	if !strings.HasSuffix(text, FileMark+"\n") {
		t.Error("the end of the last file is not marked")
	}
}

func TestUnknownFiles(t *testing.T) {
	if _, err := Functions("exp", "no such"); err == nil || !strings.Contains(err.Error(), `"no such"`) {
		t.Errorf("Functions: %v, want an error that names the file", err)
	}
	if _, err := Kernel("no such"); err == nil || !strings.Contains(err.Error(), `"no such"`) {
		t.Errorf("Kernel: %v, want an error that names the file", err)
	}
	if names := Names("no such"); names != nil {
		t.Errorf("Names: %v, want none", names)
	}
}

// TestFilesAreDocumented: every file begins with what it computes, and every
// function has a line of its own; what a file uses is there.
func TestFilesAreDocumented(t *testing.T) {
	for _, name := range Names("functions") {
		text, err := Functions(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			starts := strings.HasPrefix(line, "float ") || strings.HasPrefix(line, "bool ") || strings.HasPrefix(line, "uvec4 ")
			if starts && strings.Contains(line, "(") && !strings.HasPrefix(lines[i-1], "// ") {
				t.Errorf("%s: no comment before %q", name, line)
			}
		}
	}
	for _, name := range Names("kernels") {
		text, err := Kernel(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasPrefix(text, FileMark+"kernels/"+name+".glsl\n//") {
			t.Errorf("%s does not begin with a comment", name)
		}
	}
}

// TestHash: it is the same every time, and short enough for a file's name.
func TestHash(t *testing.T) {
	if h := Hash(); len(h) != 16 || h != Hash() {
		t.Errorf("%q, want 16 digits that stay", h)
	}
}
