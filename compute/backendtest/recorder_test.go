package backendtest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// recorder stands in for *testing.T: it notes failures and goes on to report
// them, so that a test may demand that the suite fails. After the first failure
// the remaining subtests are left out.
type recorder struct {
	parent   *recorder
	name     string
	failures []string // of the root: all
	failed   bool
}

func (r *recorder) root() *recorder {
	for r.parent != nil {
		r = r.parent
	}
	return r
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Failed() bool        { return r.failed }

func (r *recorder) Errorf(format string, args ...any) {
	root := r.root()
	root.failures = append(root.failures, r.name+": "+fmt.Sprintf(format, args...))
	for ; r != nil; r = r.parent {
		r.failed = true
	}
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(string, ...any) { runtime.Goexit() }

func (r *recorder) Run(name string, f func(tb)) bool {
	if r.root().failed {
		return false
	}
	sub := &recorder{parent: r, name: strings.TrimPrefix(r.name+"/"+name, "/")}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				sub.Errorf("panic: %v", p)
			}
		}()
		f(sub)
	}()
	<-done
	return !sub.failed
}

func TestRecorder(t *testing.T) {
	var log []string
	r := &recorder{}
	r.Run("good", func(t tb) { t.Logf("nothing"); log = append(log, "good") })
	r.Run("skipped", func(t tb) { t.Skipf("why"); log = append(log, "not reached") })
	if r.failed {
		t.Errorf("failed without a failure: %v", r.failures)
	}
	r.Run("outer", func(t tb) {
		t.Run("inner", func(t tb) { t.Fatalf("broken %d", 7); log = append(log, "not reached") })
		t.Run("later", func(t tb) { log = append(log, "later") })
		log = append(log, "after")
	})
	if len(r.failures) != 1 || r.failures[0] != "outer/inner: broken 7" || !r.Failed() {
		t.Errorf("failures %q, want outer/inner: broken 7", r.failures)
	}
	if got := strings.Join(log, " "); got != "good after" {
		t.Errorf("ran %q", got)
	}
	r = &recorder{}
	r.Run("panics", func(tb) { panic("at once") })
	if len(r.failures) != 1 || r.failures[0] != "panics: panic: at once" {
		t.Errorf("failures %q, want the panic", r.failures)
	}
}
