package nn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/optimizers"
)

// checkpointJob trains on 20 blobs in batches of 8 and has a callback with a
// state.
type checkpointJob struct {
	b     compute.Backend
	train *data.Dataset
}

func newCheckpointJob(t testing.TB) checkpointJob { return checkpointJob{cpu(t), blobs(t, 20)} }

func (j checkpointJob) fit(t testing.TB, callbacks ...nn.Callback) ([][]float32, error) {
	t.Helper()
	m := compiled(t, j.b, classifier(), nn.CompileConfig{Optimizer: optimizers.Adam{}, Loss: losses.SparseCategoricalCrossentropy{}, Seed: 7})
	defer closeModel(t, m)
	_, err := m.Fit(background, j.train, nn.FitConfig{Epochs: 2, BatchSize: 8, Callbacks: append(callbacks, &remembers{})})
	return weights(t, m), err
}

// remembers counts epochs.
type remembers struct{ text string }

func (r *remembers) OnEpochEnd(*nn.Training, *nn.Results) error { r.text += "x"; return nil }

func (r *remembers) State() (string, [][]float32, error) {
	return r.text, [][]float32{{1, 2}}, nil
}

func (r *remembers) SetState(text string, arrays [][]float32) error {
	r.text = text
	return nil
}

// takes saves a checkpoint at pause number at.
type takes struct {
	at   int
	path string
}

func (s *takes) OnPause(t *nn.Training) error {
	if s.at--; s.at != 0 {
		return nil
	}
	c, err := t.Snapshot()
	if err != nil {
		return err
	}
	return c.Save(s.path)
}

func (*takes) OnBatchEnd(*nn.Training, int, *nn.Results) error { return nil }

// restores goes on from a checkpoint. With ignore it keeps the error for itself.
type restores struct {
	path   string
	ignore bool
	err    error
}

func (r *restores) OnTrainBegin(t *nn.Training) error {
	if r.err = t.Restore(r.path); r.ignore {
		return nil
	}
	return r.err
}

// taken is a checkpoint after the second batch of the first epoch.
func (j checkpointJob) taken(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "checkpoint")
	if _, err := j.fit(t, &takes{2, path}); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkpointFile is a checkpoint taken apart.
type checkpointFile struct {
	metadata map[string]string
	floats   map[string][]float32
	doubles  map[string][]float64
	ints     map[string][]int32
	shapes   map[string][]int
}

func takeApart(t testing.TB, path string) checkpointFile {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	c := checkpointFile{map[string]string{}, map[string][]float32{}, map[string][]float64{}, map[string][]int32{}, map[string][]int{}}
	for _, key := range []string{"format", "format_version", "library_version", "config", "training"} {
		value, _ := f.Metadata(key)
		c.metadata[key] = string(value)
	}
	for name := range f.Names() {
		in, _ := f.Info(name)
		c.shapes[name] = in.Shape
		switch in.Type {
		case safetensors.F32:
			c.floats[name] = make([]float32, in.Bytes/4)
			err = safetensors.Read(f, name, c.floats[name])
		case safetensors.F64:
			c.doubles[name] = make([]float64, in.Bytes/8)
			err = safetensors.Read(f, name, c.doubles[name])
		case safetensors.I32:
			c.ints[name] = make([]int32, in.Bytes/4)
			err = safetensors.Read(f, name, c.ints[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c checkpointFile) write(t testing.TB, path string) {
	t.Helper()
	var tensors []safetensors.Tensor
	for name, v := range c.floats {
		tensors = append(tensors, safetensors.Of(name, v, c.shapes[name]...))
	}
	for name, v := range c.doubles {
		tensors = append(tensors, safetensors.Of(name, v, c.shapes[name]...))
	}
	for name, v := range c.ints {
		tensors = append(tensors, safetensors.Of(name, v, c.shapes[name]...))
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, c.metadata, tensors); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestRestore(t *testing.T) {
	j := newCheckpointJob(t)
	want, err := j.fit(t)
	if err != nil {
		t.Fatal(err)
	}
	path := j.taken(t)
	// Taken apart and written again it is as good, so what fails below fails for
	// what is changed.
	takeApart(t, path).write(t, path)
	got, err := j.fit(t, &restores{path: path})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("weight %d differs", i)
		}
	}
}

// TestHostileCheckpoints are refused, and a Fit that goes on without them is
// one that never saw them.
func TestHostileCheckpoints(t *testing.T) {
	j := newCheckpointJob(t)
	want, err := j.fit(t)
	if err != nil {
		t.Fatal(err)
	}
	path := j.taken(t)
	training := func(old, new string) func(*checkpointFile) {
		return func(c *checkpointFile) {
			text := strings.Replace(c.metadata["training"], old, new, 1)
			if text == c.metadata["training"] {
				t.Fatalf("there is no %s in %s", old, text)
			}
			c.metadata["training"] = text
		}
	}
	for name, c := range map[string]struct {
		change func(c *checkpointFile)
		want   string
	}{
		"no training":   {func(c *checkpointFile) { delete(c.metadata, "training") }, "a saved model, not a checkpoint"},
		"no JSON":       {func(c *checkpointFile) { c.metadata["training"] = "{" }, "savedTraining: no"},
		"unknown field": {training(`"step"`, `"steps"`), `no field "steps"`},
		"another model": {func(c *checkpointFile) {
			c.metadata["config"] = strings.Replace(c.metadata["config"], "tanh", "relu", 1)
		}, `"relu"`},
		"another seed":      {training(`"seed":7`, `"seed":8`), "its seed is 8"},
		"another data set":  {training(`"rows":20`, `"rows":21`), "Rows:21"},
		"negative step":     {training(`"step":2`, `"step":-2`), "step -2"},
		"a batch too late":  {training(`"batch":2`, `"batch":4`), "batch 4 of 3"},
		"negative batch":    {training(`"batch":2`, `"batch":-2`), "batch -2"},
		"negative epoch":    {training(`"at":{`, `"at":{"epoch":-1,`), "epoch -1"},
		"a huge count":      {training(`"count":2`, `"count":1000000`), "sums of 1000000 batches"},
		"negative rows":     {training(`"pending":16`, `"pending":-16`), "-16 rows"},
		"names and numbers": {training(`"names":["loss"]`, `"names":["loss","loss"]`), "2 names for 1 results"},
		"no sums": {func(c *checkpointFile) {
			c.metadata["training"] = regexp.MustCompile(`"tally":{[^}]*}`).ReplaceAllString(c.metadata["training"], `"tally":null`)
		}, "stands at batch 2 and has no sums"},
		"history":             {training(`"history":{`, `"history":{"epoch":[0],"names":["loss"],`), "history has 1 names for 0 metrics"},
		"history too long":    {training(`"history":{"metrics":{}}`, `"history":{"epoch":[0],"names":["loss"],"metrics":{"loss":[1,2]}}`), "2 values of"},
		"no callbacks":        {training(`"callbacks":[`, `"callbacks":[{"type":"*nn_test.other"},`), "the state of 2 callbacks"},
		"another callback":    {training(`*nn_test.remembers`, `*nn_test.forgets`), "is a *nn_test.forgets"},
		"many arrays":         {training(`"arrays":1`, `"arrays":1000000000`), `no list "/callback/0/1"`},
		"row out of range":    {func(c *checkpointFile) { c.ints["/order"][3] = 20 }, "row 20 at 3"},
		"negative row":        {func(c *checkpointFile) { c.ints["/order"][3] = -1 }, "row -1 at 3"},
		"a short order":       {func(c *checkpointFile) { c.ints["/order"], c.shapes["/order"] = []int32{0}, []int{1} }, "shape [1], want [20]"},
		"too few sums":        {func(c *checkpointFile) { c.floats["/sums"], c.shapes["/sums"] = nil, []int{0} }, "0 and 0 sums"},
		"totals of a type":    {func(c *checkpointFile) { c.floats["/totals"] = nil; delete(c.doubles, "/totals") }, `no list "/totals"`},
		"no slot":             {func(c *checkpointFile) { delete(c.floats, "/slot/velocity/dense/kernel") }, `no optimizer's state "/slot/velocity/dense/kernel", of shape [2 8]`},
		"a slot of a shape":   {func(c *checkpointFile) { c.shapes["/slot/velocity/dense/kernel"] = []int{16} }, "the shape [16] in the file, want [2 8]"},
		"no weight":           {func(c *checkpointFile) { delete(c.floats, "dense/kernel") }, `no weight "dense/kernel"`},
		"a weight of a shape": {func(c *checkpointFile) { c.shapes["dense/kernel"] = []int{16} }, "shape [16] in the file"},
	} {
		broken := takeApart(t, path)
		c.change(&broken)
		other := filepath.Join(t.TempDir(), "broken")
		broken.write(t, other)
		_, err := j.fit(t, &restores{path: other})
		mistake(t, name, err, c.want)
		if strings.HasSuffix(name, "count") || strings.HasSuffix(name, "sums") && name != "no sums" {
			continue // found when the epoch begins
		}
		r := &restores{path: other, ignore: true}
		got, err := j.fit(t, r)
		if err != nil || r.err == nil {
			t.Errorf("%s: Fit without it: %v; Restore: %v", name, err, r.err)
		}
		mistake(t, name, r.err, other)
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s: what Restore refused left a trace in weight %d", name, i)
			}
		}
	}
}

// choosy is a device that chose its kernels by timing.
type choosy struct {
	compute.Backend
	choices map[string]string
}

func (c *choosy) Choices() map[string]string { return c.choices }

func (c *choosy) UseChoices(choices map[string]string) { c.choices = choices }

// TestChoicesAreRestored has a resumed Fit use the kernels that the first one
// found fastest.
func TestChoicesAreRestored(t *testing.T) {
	j := newCheckpointJob(t)
	cpu := j.b
	j.b = &choosy{cpu, map[string]string{"large": "fast", "small": "slow"}}
	path := j.taken(t)
	next := &choosy{Backend: cpu, choices: map[string]string{"large": "other"}}
	j.b = next
	if _, err := j.fit(t, &restores{path: path}); err != nil {
		t.Fatal(err)
	}
	if len(next.choices) != 2 || next.choices["large"] != "fast" {
		t.Errorf("after Restore the choices are %v", next.choices)
	}
}

// late asks for a checkpoint when Fit is under way.
type late string

func (l late) OnEpochEnd(t *nn.Training, _ *nn.Results) error { return t.Restore(string(l)) }

func TestRestoreIsForTheBeginning(t *testing.T) {
	j := newCheckpointJob(t)
	_, err := j.fit(t, late(j.taken(t)))
	mistake(t, "Restore after an epoch", err, "Restore is for OnTrainBegin")
}

// FuzzRestore goes on from checkpoints whose state is anything: an error, or a
// Fit that ends.
func FuzzRestore(f *testing.F) {
	j := newCheckpointJob(f)
	path := j.taken(f)
	f.Add([]byte(takeApart(f, path).metadata["training"]))
	other := filepath.Join(f.TempDir(), "other")
	f.Fuzz(func(t *testing.T, training []byte) {
		c := takeApart(t, path)
		if strings.ToValidUTF8(string(training), "") != string(training) {
			return
		}
		c.metadata["training"] = string(training)
		c.write(t, other)
		if _, err := j.fit(t, &restores{path: other}); err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
