//go:build cgo && (linux || windows)

package opengl

import (
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		batch, m, n, k int
		want           string
	}{
		{1, 512, 64, 10000, "NN 512x64x8192"},
		{1, 10000, 46, 1, "NN 2048x32x32"},
		{1, 1, 1, 127, "NN 32x32x64"},
		{1, 1023, 1024, 2047, "NN 512x1024x1024"},
		{7, 64, 64, 64, "NN 64x64x64 batched"},
	} {
		if got := classOf(shaped(c.batch, c.m, c.n, c.k)).String(); got != c.want {
			t.Errorf("%d x %dx%dx%d is of class %q, want %q", c.batch, c.m, c.n, c.k, got, c.want)
		}
	}
	for _, trans := range []string{"NN", "NT", "TN", "TT"} {
		k := &compute.MatMul{M: 64, N: 64, K: 64, TransA: trans[0] == 'T', TransB: trans[1] == 'T'}
		if got := classOf(productOf(k)).String(); !strings.HasPrefix(got, trans) {
			t.Errorf("%s is of class %q", trans, got)
		}
	}
}

// TestSamplesAreOfBoundedWork: a trial may not hold a device up, and has at
// most a dozen candidates.
func TestSamplesAreOfBoundedWork(t *testing.T) {
	for _, software := range []bool{false, true} {
		lim := cardLimits()
		lim.software = software
		const most = 1 << 28
		for _, m := range classPlaces {
			for _, n := range classPlaces {
				for _, k := range classTerms {
					c := class{m: m, n: n, k: k, batched: m == n}
					s := c.sample(most)
					if s.FLOPs() > most || s.FLOPs() < min(most/2, c.sample(1<<60).FLOPs()) {
						t.Errorf("%v is tried with %d operations, want at most %d", c, s.FLOPs(), most)
					}
					if w := ways(lim, productOf(s)); len(w) < 2 || len(w) > 12 {
						t.Errorf("%v has %d candidates: %v", c, len(w), w)
					}
				}
			}
		}
	}
}

func TestTuneMode(t *testing.T) {
	for text, want := range map[string]tuneMode{"": tuneHardware, "off": tuneOff, "force": tuneForce} {
		t.Setenv(tuneEnv, text)
		if got, err := readTuneMode(); got != want || err != nil {
			t.Errorf("%s=%q is mode %v (%v), want %v", tuneEnv, text, got, err, want)
		}
	}
	t.Setenv(tuneEnv, "fast")
	if _, err := Open(); err == nil || !strings.Contains(err.Error(), `"fast", want off, force or nothing`) {
		t.Errorf("%s=fast: %v", tuneEnv, err)
	}
}

// wrong is a candidate that leaves out a product's last terms.
type wrong struct{ candidate }

func (wrong) String() string { return "wrong" }

func (w wrong) emit(l *lowering, p product) error {
	p.size[axisK] -= 4
	return w.candidate.emit(l, p)
}

// lazy is a candidate that does not compute the last row.
type lazy struct{ candidate }

func (lazy) String() string { return "lazy" }

func (w lazy) emit(l *lowering, p product) error {
	return w.candidate.emit(l, p.part(axisM, 0, p.size[axisM]-1))
}

// refused is a candidate that the driver does not compile.
type refused struct{ candidate }

func (refused) String() string { return "refused" }

func (refused) emit(l *lowering, p product) error {
	s := l.shader("MatMul", 1)
	s.line("void main() { no GLSL }")
	return s.run(1, 1, 1)
}

// TestWrongCandidatesCannotWin: the fastest kernel is the one that does least.
func TestWrongCandidatesCannotWin(t *testing.T) {
	requireDevice(t)
	d := openDevice(t, options{})
	b, err := newTestBench(d, compute.MatMul{M: 64, N: 64, K: 64})
	if err != nil {
		t.Fatal(err)
	}
	defer b.release()
	good := flatRates[4].flat
	all := b.tryAll([]candidate{wrong{good}, lazy{good}, refused{good}, good})
	for _, r := range all[:3] {
		if r.err == nil {
			t.Errorf("%v passed", r.way)
		}
	}
	if best := fastest(all); best != 3 || all[3].seconds <= 0 {
		t.Errorf("trials are %v, want the last to win", all)
	}
	if fastest(all[:3]) != -1 {
		t.Error("one of three wrong candidates is the fastest")
	}
}

// TestTuningIsKept: the first product of a class tunes it, and the next process
// finds the choice, whose sums have the same bits.
func TestTuningIsKept(t *testing.T) {
	requireDevice(t)
	ownCacheFolder(t)
	t.Setenv(tuneEnv, "force")
	d := openDevice(t, options{})
	x := newTrial(t, d, trialShape{batch: 1, m: 130, n: 132, k: 512, aligned: true})
	x.check(t)
	c := classOf(productOf(x.kernel))
	chosen := d.tuner.choices[c]
	if chosen == nil {
		t.Fatalf("%v was not tuned", c)
	}
	if got := d.tuner.String(); !strings.HasSuffix(got, ".json, 1 classes of products") {
		t.Errorf("the tuner says %q", got)
	}

	t.Setenv(tuneEnv, "")
	next := openDevice(t, options{})
	next.tuner.software = false // as if a GPU rendered
	if got := next.choose(next.lim, productOf(x.kernel)); got != chosen {
		t.Errorf("the next process chooses %v, want %v", got, chosen)
	}
	newTrial(t, next, x.trialShape).check(t)

	f := openTuneFile(next.lim)
	f.Choices[c.String()] = tile32.String()
	if err := f.save(); err != nil {
		t.Fatal(err)
	}
	third := openDevice(t, options{})
	third.tuner.software = false
	if got := third.choose(third.lim, productOf(x.kernel)); got != candidate(tile32) {
		t.Errorf("the file says %v, chosen is %v", tile32, got)
	}
}

// TestChoicesAreTakenAlong: what a checkpoint holds goes before what was tuned,
// kept in a file, or is in the table.
func TestChoicesAreTakenAlong(t *testing.T) {
	requireDevice(t)
	ownCacheFolder(t)
	p := shaped(1, 512, 512, 512)
	for _, mode := range []string{"", "off", "force"} {
		t.Setenv(tuneEnv, mode)
		d := openDevice(t, options{})
		before := d.choose(d.lim, p)
		var other candidate
		for _, w := range ways(d.lim, p) {
			if w != before {
				other = w
			}
		}
		given := map[string]string{classOf(p).String(): other.String(), "NN 1x1x1": "a way of another device"}
		compute.UseChoices(compute.Checked(d), given)
		if got := d.choose(d.lim, p); got != other {
			t.Errorf("%s=%q: chosen is %v, given was %v", tuneEnv, mode, got, other)
		}
		if got := compute.ChoicesOf(compute.Checked(d)); len(got) != 1 || got[classOf(p).String()] != other.String() {
			t.Errorf("%s=%q: choices are %v, want %v", tuneEnv, mode, got, other)
		}
	}
}

// TestWithoutTuning: a CPU renderer, and everything with GLEARN_TUNE=off, goes
// by the table and reads no file.
func TestWithoutTuning(t *testing.T) {
	requireDevice(t)
	ownCacheFolder(t)
	p := shaped(1, 1024, 1024, 1024)
	for _, mode := range []string{"", "off"} {
		t.Setenv(tuneEnv, mode)
		d := openDevice(t, options{})
		d.tuner.software = mode == ""
		if got, want := d.choose(d.lim, p), choose(d.lim, p); got != want {
			t.Errorf("%s=%q chooses %v, want %v", tuneEnv, mode, got, want)
		}
		if got := d.tuner.String(); !strings.HasPrefix(got, "none") {
			t.Errorf("%s=%q: the tuner says %q", tuneEnv, mode, got)
		}
		if d.tuner.file != nil || d.tuner.choices != nil {
			t.Errorf("%s=%q tunes", tuneEnv, mode)
		}
	}
}

// TestTuningWithoutAFolder: what cannot be kept is used all the same, and the
// report says so.
func TestTuningWithoutAFolder(t *testing.T) {
	ownCacheFolder(t)
	d := &device{lim: cardLimits()}
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("LocalAppData", "")
	t.Setenv("HOME", "")
	d.tuner = &tuner{dev: d}
	if got := d.tuner.String(); !strings.Contains(got, "trouble with it") {
		t.Errorf("the tuner says %q", got)
	}
}

func TestTuneGivesAllTrials(t *testing.T) {
	requireDevice(t)
	ownCacheFolder(t)
	t.Setenv(tuneEnv, "")
	d := openDevice(t, options{})
	timed, trials, err := d.Tune(&compute.MatMul{M: 70, N: 70, K: 40, TransB: true})
	if err != nil {
		t.Fatal(err)
	}
	if timed.M != 64 || timed.N != 64 || timed.K != 32 || !timed.TransB || timed.TransA {
		t.Errorf("timed is %v", timed)
	}
	if want := ways(d.lim, productOf(timed)); len(trials) != len(want) {
		t.Errorf("%d trials of %d candidates", len(trials), len(want))
	}
	for _, r := range trials {
		if r.Err != nil || r.Seconds <= 0 {
			t.Errorf("%s took %g s: %v", r.Way, r.Seconds, r.Err)
		}
	}
	if n := slices.IndexFunc(trials, func(r compute.Trial) bool { return r.Chosen }); n < 0 {
		t.Error("none is chosen")
	}
	if d.tuner.file != nil {
		t.Error("a CPU renderer's choice was kept")
	}
}
