package memtest

import (
	"fmt"
	"testing"
)

var kept []byte // so that the compiler cannot drop an allocation

// failures counts the errors that a helper reports, in place of failing.
type failures struct {
	testing.TB
	texts []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.texts = append(f.texts, fmt.Sprintf(format, args...))
}

func TestAtMost(t *testing.T) {
	const size = 1 << 20
	f := &failures{TB: t}
	AtMost(f, size, 1<<16, func() { kept = make([]byte, 2*size) })
	if len(f.texts) > 0 {
		t.Errorf("twice the size fails: %q", f.texts)
	}
	AtMost(f, size, 1<<16, func() { kept = make([]byte, 3*size) })
	if len(f.texts) != 1 {
		t.Errorf("three times the size gives %d errors, want 1", len(f.texts))
	}
}
