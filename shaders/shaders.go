// Package shaders holds the GLSL that the OpenGL backend is made of: the
// functions that a formula's instructions call, one concept a file, and the
// bodies of the kernels that are more than a formula.
//
// A function file names the files it builds on in a line "// uses: a, b".
package shaders

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
)

//go:embed functions/*.glsl kernels/*.glsl
var files embed.FS

// Functions is the source of the named function files and of all that they
// build on, each once and before its users.
func Functions(names ...string) (string, error) {
	var b strings.Builder
	done := map[string]bool{}
	var add func(name string) error
	add = func(name string) error {
		if done[name] {
			return nil
		}
		done[name] = true
		text, err := files.ReadFile("functions/" + name + ".glsl")
		if err != nil {
			return fmt.Errorf("shaders: there is no function file %q", name)
		}
		for _, used := range uses(string(text)) {
			if err := add(used); err != nil {
				return err
			}
		}
		b.WriteString(mark("functions/" + name + ".glsl"))
		b.Write(text)
		return nil
	}
	sorted := append([]string(nil), names...)
	sort.Strings(sorted) // the order of asking must not make another program
	for _, name := range sorted {
		if err := add(name); err != nil {
			return "", err
		}
	}
	b.WriteString(mark(""))
	return b.String(), nil
}

// mark is the comment that stands before a file's text, so that a compiler's
// message can be traced to a line of the file.
func mark(file string) string { return FileMark + file + "\n" }

// FileMark begins a line that names the file that the text after it comes from,
// or no file where the text is generated.
const FileMark = "// file: "

// uses lists the files named in the first "// uses:" line.
func uses(text string) []string {
	for line := range strings.Lines(text) {
		if list, ok := strings.CutPrefix(line, "// uses:"); ok {
			names := strings.Split(list, ",")
			for i := range names {
				names[i] = strings.TrimSpace(names[i])
			}
			return names
		}
	}
	return nil
}

// Kernel is the source of a kernel's body.
func Kernel(name string) (string, error) {
	text, err := files.ReadFile("kernels/" + name + ".glsl")
	if err != nil {
		return "", fmt.Errorf("shaders: there is no kernel %q", name)
	}
	return mark("kernels/"+name+".glsl") + string(text) + mark(""), nil
}

// Names lists the files of a folder, "functions" or "kernels", without their
// ending.
func Names(folder string) []string {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	return names
}

// Hash names the state of all sources; what was measured or compiled with
// another hash is out of date.
func Hash() string {
	h := sha256.New()
	for _, folder := range []string{"functions", "kernels"} {
		for _, name := range Names(folder) {
			text, _ := files.ReadFile(folder + "/" + name + ".glsl") // listed a line above
			fmt.Fprintf(h, "%s/%s %d\n%s", folder, name, len(text), text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
