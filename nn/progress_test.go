package nn

import (
	"bytes"
	"log/slog"
	"regexp"
	"slices"
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

// times stand for any time in five columns, or after "steps, ".
var times = regexp.MustCompile(` *(<1us|\d+(\.\d)?(us|ms|s))`)

func TestProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	p := progress{out: &out, live: true, width: 80}
	p.begin(1, 20, 16, 0)
	p.update(8, func() *Results { return lossOf(0.5) })
	p.update(9, func() *Results { t.Error("drawn again at once"); return nil })
	p.logf("a callback's %s\n", "line")
	p.update(12, func() *Results { return lossOf(0.5) })
	p.end(16, lossOf(0.25))
	p.logf("after the epoch")
	p.begin(2, 20, 16, 0)
	p.update(4, func() *Results { return lossOf(0.5) })
	p.abort()
	p.abort()
	lines := times.ReplaceAllString(out.String(), " T")
	bar := func(n int) string { return strings.Repeat("━", n) + strings.Repeat("╌", 20-n) }
	want := "Epoch 2/20\n" +
		"\r 8/16 " + bar(10) + " T T/step - loss: 0.5000\x1b[K" +
		"\r\x1b[Ka callback's line\n" +
		"\r12/16 " + bar(15) + " T T/step - loss: 0.5000\x1b[K" +
		"\r\x1b[K16/16 " + bar(20) + " T T/step - loss: 0.2500\n" +
		"after the epoch\n" +
		"Epoch 3/20\n" +
		"\r 4/16 " + bar(5) + " T T/step - loss: 0.5000\x1b[K\n"
	if lines != want {
		t.Errorf("drew %q, want %q", lines, want)
	}
}

// at is an epoch of 16 batches, 9 of them done, each but the first in a time; the
// first took a minute and two were done before a restart.
func at(width int, each time.Duration) progress {
	start := time.Now().Add(-time.Minute - 6*each)
	p := progress{live: true, width: width, steps: 16, start: mark{2, start}, first: mark{3, start.Add(time.Minute)}}
	p.last = mark{9, p.first.at.Add(6 * each)}
	return p
}

// The columns before the results stay where they are whatever the times are, and
// nothing is wider than the terminal.
func TestProgressFitsTheTerminal(t *testing.T) {
	results := strings.Repeat("a long result - ", 20)
	for _, width := range []int{1, 10, 40, 41, 59, 60, 80, 200} {
		var starts []int
		for _, each := range []time.Duration{0, 900 * time.Microsecond, 2 * time.Millisecond, time.Second} {
			for _, color := range []bool{false, true} {
				p := at(width, each)
				p.color = color
				line := p.line(results, width-1)
				text := regexp.MustCompile(`\x1b\[\d*m`).ReplaceAllString(line, "")
				if n := utf8.RuneCountInString(text); n != width-1 {
					t.Errorf("width %d: %d columns: %q", width, n, text)
				}
				if color == (text == line) && width > 1 {
					t.Errorf("color %v: %q", color, line)
				}
				if n := strings.Count(text, "━") + strings.Count(text, "╌"); width >= 40 && n != min(20, width-40) {
					t.Errorf("width %d: the bar has %d columns: %q", width, n, text)
				}
				starts = append(starts, strings.Index(text, "a long"))
			}
		}
		slices.Sort(starts)
		if len(slices.Compact(starts)) != 1 {
			t.Errorf("width %d: the results begin at columns %v", width, starts)
		}
	}
}

// The time of a batch is that of all but the first, which compiles programs, and
// of those that were done here.
func TestProgressTimes(t *testing.T) {
	p := at(80, 30*time.Millisecond)
	if line := p.line("loss", 80); !strings.Contains(line, " 210ms  30ms/step - loss") {
		t.Errorf("drew %q, want 7 batches of 30ms to go", line)
	}
	p.last = p.first
	if line := p.line("loss", 80); !strings.Contains(line, "13m00s 1m00s/step - loss") {
		t.Errorf("drew %q after the first batch", line)
	}
	for d, want := range map[time.Duration]string{
		0: "<1us", 999: "<1us", 1000: "1us", 355400: "355us", 999400: "999us", 999600: "1.0ms",
		1540 * time.Microsecond: "1.5ms", 9940 * time.Microsecond: "9.9ms", 9960 * time.Microsecond: "10ms",
		240 * time.Millisecond: "240ms", 999600 * time.Microsecond: "1.0s", 9960 * time.Millisecond: "10s",
		59400 * time.Millisecond: "59s", 59600 * time.Millisecond: "1m00s", 599 * time.Second: "9m59s",
		3599600 * time.Millisecond: "1h00m", 25*time.Hour + 90*time.Second: "25h01m",
	} {
		if got := duration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestProgressOfUnknownLength(t *testing.T) {
	p := progress{live: true, last: mark{12, time.Now()}}
	if line := p.line("loss: 1.0000", 99); !strings.HasPrefix(line, "     12/Unknown ") {
		t.Errorf("drew %q", line)
	}
}

func TestProgressElsewhere(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	for e := range 2 {
		p.begin(e, 2, 16, 0)
		p.update(8, func() *Results { t.Error("results are asked for"); return nil })
		if e == 1 {
			p.logf("inside")
			p.logf("twice")
		}
		p.end(16, lossOf(0.5))
		p.logf("outside")
	}
	p.begin(2, 3, 16, 0)
	p.abort()
	const done = ": 16 steps, T, T/step - loss: 0.5000\n"
	want := "Epoch 1/2" + done + "outside\nEpoch 2/2: \ninside\ntwice\nEpoch 2/2" + done + "outside\nEpoch 3/3: \n"
	if lines := times.ReplaceAllString(out.String(), " T"); lines != want {
		t.Errorf("wrote %q, want %q", lines, want)
	}
}

// What callbacks say where there is no progress to see is in the log.
func TestProgressNowhere(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(before)
	p := newProgress(nil)
	p.begin(0, 1, 1, 0)
	p.update(1, func() *Results { t.Error("results are asked for"); return nil })
	p.end(1, lossOf(1))
	p.abort()
	if out.Len() > 0 {
		t.Errorf("logged %q", out.String())
	}
	p.logf("epoch %d is enough\n", 3)
	if got := out.String(); !strings.Contains(got, `level=INFO msg="glearn: epoch 3 is enough"`+"\n") {
		t.Errorf("logged %q", got)
	}
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
