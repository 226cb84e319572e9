package nn

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func lossOf(x float64) *Results {
	r := &Results{}
	r.add("loss", x)
	return r
}

func TestProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := progress{out: &out, live: true, width: 80}
	p.begin(1, 20, 16)
	p.update(8, func() *Results { return lossOf(0.5) })
	p.end(16, lossOf(0.25))
	lines := regexp.MustCompile(`\d+(\.\d)?(us|ms|s)`).ReplaceAllString(out.String(), "T")
	half, full := strings.Repeat("━", 10)+strings.Repeat("╌", 10), strings.Repeat("━", 20)
	want := "Epoch 2/20\n" +
		"\r 8/16 " + half + " T T/step - loss: 0.5000\x1b[K" +
		"\r16/16 " + full + " T T/step - loss: 0.2500\x1b[K\n"
	if lines != want {
		t.Errorf("drew %q, want %q", lines, want)
	}
}

func TestProgressIsCutToTheTerminal(t *testing.T) {
	for _, width := range []int{10, 40, 60} {
		for _, color := range []bool{false, true} {
			p := progress{live: true, color: color, width: width, start: time.Now(), steps: 16, done: 8}
			line := p.line(strings.Repeat("a long result - ", 20), width)
			plain := regexp.MustCompile(`\x1b\[\d*m`).ReplaceAllString(line, "")
			if n := utf8.RuneCountInString(plain); n > max(width, len(" 8/16  0s")+barWidth) {
				t.Errorf("width %d: %d columns: %q", width, n, plain)
			}
			if color == (plain == line) {
				t.Errorf("color %v: %q", color, line)
			}
		}
	}
}

func TestProgressOfUnknownLength(t *testing.T) {
	p := progress{live: true, start: time.Now(), done: 12}
	if line := p.line("loss: 1.0000", 0); !strings.Contains(line, "12/Unknown ") {
		t.Errorf("drew %q", line)
	}
}

func TestProgressElsewhere(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	for e := range 2 {
		p.begin(e, 2, 16)
		p.update(8, func() *Results { t.Error("results are asked for"); return nil })
		p.end(16, lossOf(0.5))
	}
	p.begin(2, 3, 16)
	p.abort()
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], "Epoch 2/2: 16 steps, ") || !strings.HasSuffix(lines[1], "/step - loss: 0.5000") || lines[2] != "Epoch 3/3: " {
		t.Errorf("wrote %q", lines)
	}
	var none progress // shows nothing
	none.begin(0, 1, 1)
	none.update(1, func() *Results { t.Error("results are asked for"); return nil })
	none.end(1, lossOf(1))
	none.abort()
}

func TestNumbersOfResults(t *testing.T) {
	r := &Results{}
	for _, x := range []struct {
		name  string
		value float64
	}{{"loss", 0}, {"accuracy", 0.98765}, {"accuracy", 1}, {"error", 1.5e-5}, {"big", 12345.678}} {
		r.add(x.name, x.value)
	}
	if want := "loss: 0.0000 - accuracy: 0.9877 - accuracy_1: 1.0000 - error: 1.5000e-05 - big: 12345.6780"; r.String() != want {
		t.Errorf("%s, want %s", r, want)
	}
	if r.Has("nothing") || r.Get("nothing") == r.Get("nothing") || !r.Has("accuracy_1") {
		t.Error("a result that is not there")
	}
}
