package main

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestReadSamples(t *testing.T) {
	for name, text := range map[string]string{
		"an array":           `[{"rows": 10, "ms": 2}, {"setting": "b", "ms": 3}]`,
		"one after another":  "{\"rows\": 10, \"ms\": 2}\n{\"setting\": \"b\", \"ms\": 3, \"n\": 7}\n",
		"with a blank ahead": "\n [{\"rows\": 10, \"ms\": 2}, {\"setting\": \"b\", \"ms\": 3}]\n",
	} {
		got, err := readSamples([]byte(text))
		if want := []sample{{Rows: 10, MS: 2}, {Setting: "b", MS: 3}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
	}
	for _, text := range []string{"[{]", "{\"ms\": }", "Traceback"} {
		if got, err := readSamples([]byte(text)); err == nil {
			t.Errorf("%q gives %v, want an error", text, got)
		}
	}
}

// rounds is samples of a job, one a round.
func rounds(s *side, job, setting string, rows int, ms ...float64) (out []sample) {
	for i, t := range ms {
		out = append(out, sample{Setting: setting, Rows: rows, MS: t, job: job, round: i, side: s})
	}
	return out
}

func TestComparisonIsWithTheBestSettingByTheRow(t *testing.T) {
	us, torch, c := &side{name: "glearn native", ours: true}, &side{name: "PyTorch"}, &side{name: "C"}
	all := slices.Concat(
		rounds(us, "mnist", "", 100, 10, 20, 60),
		rounds(torch, "mnist", "slow", 100, 90, 90, 90),
		rounds(torch, "mnist", "fast", 50, 20, 20, 20), // 40 for 100 rows
		rounds(us, "matmul", "", 0, 3, 3, 3),
		rounds(c, "matmul", "2 threads", 0, 2, 3, 6),
	)
	got := compare(all, []string{"matmul", "mnist", "wide"})
	want := []comparison{
		{"matmul", "glearn native", "C", "2 threads", 3, 3, 1, 0.5, 1.5},
		{"mnist", "glearn native", "PyTorch", "fast", 20, 40, 0.5, 0.25, 1.5},
	}
	if !slices.EqualFunc(got, want, func(a, b comparison) bool {
		return a.job == b.job && a.ours == b.ours && a.peer == b.peer && a.setting == b.setting && near(a.oursMS, b.oursMS) &&
			near(a.peerMS, b.peerMS) && near(a.ratio, b.ratio) && near(a.least, b.least) && near(a.most, b.most)
	}) {
		t.Errorf("comparisons are\n%+v, want\n%+v", got, want)
	}
	var table bytes.Buffer
	if err := writeTable(&table, got); err != nil || !strings.Contains(table.String(), "0.250 to 1.500") {
		t.Errorf("table is %v\n%s", err, &table)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestParse(t *testing.T) {
	o, err := parse([]string{"-rounds", "5", "-jobs", "mnist,wide"}, new(bytes.Buffer))
	if err != nil || o.rounds != 5 || !slices.Equal(o.jobs, []string{"mnist", "wide"}) || len(o.blas) != 3 {
		t.Errorf("options %+v, %v", o, err)
	}
	if o, err = parse([]string{"-jobs", "wide,more"}, new(bytes.Buffer)); err != nil || !slices.Equal(o.jobs, append([]string{"wide"}, more...)) {
		t.Errorf("more is %v, %v", o.jobs, err)
	}
	for _, args := range [][]string{{"-rounds", "0"}, {"-epochs", "0"}, {"mnist"}, {"-jobs", "chess"}, {"-peers", "jax"}} {
		if _, err := parse(args, new(bytes.Buffer)); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
