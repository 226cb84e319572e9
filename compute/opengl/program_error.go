//go:build cgo && (linux || windows)

package opengl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/glearn-go/glearn/shaders"
)

// shaderError explains why a program does not compile or link: the driver's
// message, with the file and line that it means, and the text around it.
func shaderError(kernel, doing, source string, log []byte) error {
	message := strings.TrimSpace(strings.TrimRight(string(log), "\x00"))
	if message == "" {
		message = "the driver does not say why"
	}
	err := fmt.Errorf("the shader of %s does not %s: %s", kernel, doing, message)
	n := messageLine(message)
	lines := strings.Split(source, "\n")
	if n < 1 || n > len(lines) {
		return err
	}
	file, line := sourcePlace(lines, n)
	return fmt.Errorf("%w\n%s, line %d:\n%s", err, file, line, numbered(lines, n))
}

// messageLine is the line that a driver's message names, 0 for none: 0:12(5) of
// Mesa, 0(12) of NVIDIA, 0:12 of the others.
func messageLine(message string) int {
	m := lineOfMessage.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil { // too long to be a line
		return 0
	}
	return n
}

var lineOfMessage = regexp.MustCompile(`\b0[:(](\d+)`)

// sourcePlace is the file that line n of a program's text comes from, and the
// line there.
func sourcePlace(lines []string, n int) (file string, line int) {
	for at := n - 1; at >= 0; at-- {
		if name, ok := strings.CutPrefix(lines[at], shaders.FileMark); ok {
			if name == "" {
				break
			}
			return "shaders/" + name, n - 1 - at
		}
	}
	return "generated text", n
}

// numbered is the text around line n, with line numbers.
func numbered(lines []string, n int) string {
	const around = 3
	var b strings.Builder
	for i := max(n-around, 1); i <= min(n+around, len(lines)); i++ {
		fmt.Fprintf(&b, "%4d  %s\n", i, lines[i-1])
	}
	return strings.TrimRight(b.String(), "\n")
}
