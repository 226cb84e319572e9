package nn_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/internal/memtest"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/safetensors"
	"github.com/glearn-go/glearn/nn/internal/spec"
	"github.com/glearn-go/glearn/nn/losses"
	"github.com/glearn-go/glearn/nn/metrics"
	"github.com/glearn-go/glearn/nn/optimizers"
	"github.com/glearn-go/glearn/nn/schedules"
)

// currentFormat is the file of the format version that Save writes. With
// GLEARN_WRITE_TESTDATA=1 the test writes it; files of older versions are kept
// as they are for ever.
const currentFormat = "testdata/saved/v1.safetensors"

// answers is what the model of a file predicts, kept beside it.
type answers struct {
	Library string
	Inputs  [][]float32
	Outputs [][]float32
}

func writeFormat(t *testing.T, b compute.Backend) {
	t.Helper()
	m := compiled(t, b, branches(t), nn.CompileConfig{
		Optimizer:     optimizers.AdamW{Settings: optimizers.Settings{LearningRate: schedules.CosineDecay{Initial: 0.01, DecaySteps: 100}}},
		Losses:        []losses.Loss{losses.SparseCategoricalCrossentropy{}, losses.Huber{Delta: 0.5}},
		OutputMetrics: [][]nn.Metric{{metrics.Accuracy{}}, {metrics.MeanAbsoluteError{}}}, Seed: 3,
	})
	defer closeModel(t, m)
	set := branchData(12)
	fit(t, m, set, nn.FitConfig{Epochs: 2})
	if err := m.Attach("words", vocabulary{Words: []string{"[UNK]", "the", "größe"}}); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(currentFormat); err != nil {
		t.Fatal(err)
	}
	outs, err := m.PredictAll(background, set.X...)
	if err != nil {
		t.Fatal(err)
	}
	a := answers{Library: "0.1.0"}
	for _, x := range set.X {
		a.Inputs = append(a.Inputs, x.(*data.Dense).Values)
	}
	for _, y := range outs {
		a.Outputs = append(a.Outputs, y.Values)
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(strings.Replace(currentFormat, ".safetensors", ".json", 1), append(text, '\n'), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestOldFiles loads a file of every format version there ever was.
func TestOldFiles(t *testing.T) {
	b, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if os.Getenv("GLEARN_WRITE_TESTDATA") == "1" {
		writeFormat(t, b)
	}
	files, err := filepath.Glob("testdata/saved/*.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, path := range files {
		found = found || path == currentFormat
		m, err := nn.Load(b, path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		var want answers
		if err := json.Unmarshal(read(t, strings.Replace(path, ".safetensors", ".json", 1)), &want); err != nil {
			t.Fatal(err)
		}
		outs, err := m.PredictAll(background, dense(2, want.Inputs[0]...), dense(2, want.Inputs[1]...))
		if err != nil {
			t.Fatal(err)
		}
		for i, out := range outs {
			for k, y := range out.Values {
				// Other processors round otherwise.
				if math.Abs(float64(y-want.Outputs[i][k])) > 1e-5 {
					t.Errorf("%s: output %d, value %d is %v, want %v", path, i, k, y, want.Outputs[i][k])
				}
			}
		}
		if words, ok := m.Attached("words").(vocabulary); !ok || len(words.Words) != 3 || words.Words[2] != "größe" {
			t.Errorf("%s: attached are %v", path, m.Attached("words"))
		}
		closeModel(t, m)
	}
	if !found {
		t.Errorf("there is no %s: write it with GLEARN_WRITE_TESTDATA=1", currentFormat)
	}
}

// crafted is a model file with the given configuration and arrays.
func crafted(t testing.TB, config string, metadata map[string]string, tensors ...safetensors.Tensor) string {
	t.Helper()
	all := map[string]string{"format": "glearn", "format_version": "1", "library_version": "0.1.0", "config": config}
	for key, value := range metadata {
		all[key] = value
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, all, tensors); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "crafted.safetensors")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// oneLayer is the configuration of a model of one layer on inputs of a shape.
func oneLayer(shape, layer string) string {
	return fmt.Sprintf(`{"model":{"name":"m","inputs":[{"shape":%s}],"layers":[{"name":"l","layer":%s}],"calls":[{"from":[0]}],"outputs":[1]}}`, shape, layer)
}

func kernel(in, out int) []safetensors.Tensor {
	return []safetensors.Tensor{safetensors.Of("l/kernel", make([]float32, in*out), in, out), safetensors.Of("l/bias", make([]float32, out), out)}
}

func TestHostileConfigurations(t *testing.T) {
	dense3 := `{"class":"Dense","config":{"units":3}}`
	if _, err := nn.Load(nil, crafted(t, oneLayer("[2]", dense3), nil, kernel(2, 3)...)); err != nil {
		t.Fatalf("what the others are made from: %v", err)
	}
	model := func(rest string) string { return `{"model":{"name":"m",` + rest + `}}` }
	deep := strings.Repeat(`{"class":"Model","config":{"layers":[{"name":"l","layer":`, 3000) + "null" + strings.Repeat(`}]}}`, 3000)
	for name, c := range map[string]struct {
		config  string
		tensors []safetensors.Tensor
		want    string
	}{
		"nothing":                     {``, nil, "ends too early"},
		"no JSON":                     {`hello`, nil, "byte 0: nn.savedConfig: is no JSON"},
		"a list":                      {`[]`, nil, "a list in the file"},
		"nothing in it":               {`{}`, nil, "at least one input"},
		"unknown field":               {`{"modle":{}}`, nil, `no field "modle"`},
		"unknown layer":               {oneLayer("[2]", `{"class":"Exec","config":{"command":"rm"}}`), nil, `unknown class "Exec"`},
		"a type of one's own":         {oneLayer("[2]", `{"class":"Exec"}`), nil, "has to be registered before, with nn.Register[nn.Layer]"},
		"a function":                  {oneLayer("[2]", `{"class":"Lambda"}`), nil, "layer"},
		"no layer":                    {oneLayer("[2]", `null`), nil, "no configuration"},
		"negative units":              {oneLayer("[2]", `{"class":"Dense","config":{"units":-3}}`), nil, "Units is -3"},
		"units of 2^63":               {oneLayer("[2]", `{"class":"Dense","config":{"units":9223372036854775808}}`), nil, "does not fit"},
		"units of 2^62":               {oneLayer("[2]", `{"class":"Dense","config":{"units":4611686018427387904}}`), nil, "larger than"},
		"a weight of 4 GB":            {oneLayer("[1000]", `{"class":"Dense","config":{"units":1000000}}`), kernel(2, 3), "shape"},
		"a weight of 8 EB":            {oneLayer("[2147483647]", `{"class":"Dense","config":{"units":2147483647}}`), kernel(2, 3), "larger than"},
		"an input of 2^62":            {oneLayer("[4611686018427387904]", dense3), nil, "have more than 2147483647 numbers"},
		"inputs that overflow":        {oneLayer("[2147483647,2147483647,2147483647]", `{"class":"Flatten"}`), nil, "have more than 2147483647 numbers"},
		"repeated 2^62 times":         {oneLayer("[4]", `{"class":"RepeatVector","config":{"n":4611686018427387904}}`), nil, `layer "l": rows of shape [4611686018427387904 4] have more than`},
		"an axis of 0":                {oneLayer("[0]", dense3), nil, "at least 1"},
		"a negative axis":             {oneLayer("[-1]", dense3), nil, "at least 1"},
		"many axes":                   {oneLayer("[2,2,2,2,2,2,2,2,2,2]", dense3), nil, "axes"},
		"a call of no layer":          {model(`"inputs":[{"shape":[2]}],"layers":[],"calls":[{"layer":0,"from":[0]}],"outputs":[1]`), nil, "layer 0, there are 0"},
		"a call of layer -1":          {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":` + dense3 + `}],"calls":[{"layer":-1,"from":[0]}],"outputs":[1]`), nil, "layer -1"},
		"a value from later":          {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":` + dense3 + `}],"calls":[{"from":[1]}],"outputs":[1]`), nil, "value 1, of those before it there are 1"},
		"an output of nothing":        {model(`"inputs":[{"shape":[2]}],"layers":[],"calls":[],"outputs":[7]`), nil, "value 7"},
		"two layers of a name":        {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":` + dense3 + `},{"name":"l","layer":` + dense3 + `}],"calls":[{"from":[0]},{"layer":1,"from":[1]}],"outputs":[2]`), nil, `two layers are called "l"`},
		"a name with a slash":         {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"a/b","layer":` + dense3 + `}],"calls":[{"from":[0]}],"outputs":[1]`), nil, "slash"},
		"a layer without a use":       {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"a","layer":` + dense3 + `},{"name":"b","layer":` + dense3 + `}],"calls":[{"from":[0]}],"outputs":[1]`), nil, "lead to no output"},
		"sequential, branched":        {model(`"sequential":true,"inputs":[{"shape":[2]},{"shape":[2]}],"layers":[],"calls":[],"outputs":[0]`), nil, "2 inputs, want 1"},
		"deep nesting":                {oneLayer("[2]", deep), nil, "levels deep"},
		"deep lists":                  {oneLayer(strings.Repeat("[", 100000), dense3), nil, "shape[0]: is a list in the file"},
		"models in models, 2^20 uses": {nestedModels(20, 2, `{"class":"Softmax"}`), nil, "building the model would take more than"},
		"that make no operations":     {nestedModels(20, 10, `{"class":"Input","config":{"shape":[2]}}`), nil, "would take more than"},
		"a long name":                 {strings.ReplaceAll(oneLayer("[2]", dense3), `"l"`, `"`+strings.Repeat("l", 256)+`"`), nil, "256 bytes, want at most 255"},
		"a very long name":            {strings.ReplaceAll(oneLayer("[2]", dense3), `"l"`, `"`+strings.Repeat("l", 4<<20)+`"`), nil, "want at most 255"},
		"many layers":                 {manyLayers(40000, `{"class":"Softmax"}`), nil, "would take more than"},
		"many large layers":           {manyLayers(2000, `{"class":"BatchNormalization"}`), nil, "its operations would take more memory"},
		"many uses":                   {manyUses(400000), nil, "would take more than"},
		"many inputs of one use":      {model(`"inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":{"class":"Add"}}],"calls":[{"from":[` + strings.Repeat("0,", 400000) + `0]}],"outputs":[1]`), nil, "would take more than"},
		"many outputs":                {model(`"inputs":[{"shape":[2]}],"layers":[],"calls":[],"outputs":[` + strings.Repeat("0,", 2000000) + `0]`), nil, "would take more than"},
		"many axes in a shape":        {oneLayer("["+strings.Repeat("1,", 2000000)+"1]", dense3), nil, "would take more than"},
		"many short words":            {withWords(1000000, ""), nil, "words: the configuration would take more than"},
		"no weights":                  {oneLayer("[2]", dense3), nil, `no weight "l/kernel"`},
		"another shape":               {oneLayer("[2]", dense3), kernel(3, 2), "shape [3 2] in the file, want [2 3]"},
		"an array too many":           {oneLayer("[2]", `{"class":"Dense","config":{"units":3,"no_bias":true}}`), kernel(2, 3), "no weight of the model"},
		"a negative rate":             {strings.TrimSuffix(oneLayer("[2]", dense3), "}") + `,"compile":{"optimizer":{"class":"SGD","config":{"learning_rate":-1}}}}`, kernel(2, 3), "finite number"},
	} {
		path := crafted(t, c.config, nil, c.tensors...)
		size := int64(len(read(t, path)))
		var err error
		const buffers = 1 << 18 // of the checksum, and errors
		if used := memtest.Allocated(func() { _, err = nn.Load(nil, path) }); used > 2*size+spec.Allowance+buffers {
			t.Errorf("%s: loading %d bytes allocated %d", name, size, used)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || len(err.Error()) > 2000 {
			t.Errorf("%s: error %v, want one with %q and the path", name, err, c.want)
		}
	}
}

// nestedModels is a model in a model, and so on, each of which uses the one in it
// several times.
func nestedModels(depth, uses int, layer string) string {
	var calls []string
	for i := range uses {
		calls = append(calls, fmt.Sprintf(`{"from":[%d]}`, i))
	}
	for range depth {
		layer = fmt.Sprintf(`{"class":"Model","config":{"inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":%s}],"calls":[%s],"outputs":[%d]}}`, layer, strings.Join(calls, ","), uses)
	}
	return oneLayer("[2]", layer)
}

// manyLayers is a chain of layers.
func manyLayers(n int, layer string) string {
	var layers, calls []string
	for i := range n {
		layers = append(layers, fmt.Sprintf(`{"name":"l%d","layer":%s}`, i, layer))
		calls = append(calls, fmt.Sprintf(`{"layer":%d,"from":[%d]}`, i, i))
	}
	return fmt.Sprintf(`{"model":{"name":"m","inputs":[{"shape":[2]}],"layers":[%s],"calls":[%s],"outputs":[%d]}}`, strings.Join(layers, ","), strings.Join(calls, ","), n)
}

// manyUses is a layer after itself.
func manyUses(n int) string {
	var calls strings.Builder
	for i := range n {
		fmt.Fprintf(&calls, `,{"from":[%d]}`, i)
	}
	return fmt.Sprintf(`{"model":{"name":"m","inputs":[{"shape":[2]}],"layers":[{"name":"l","layer":{"class":"Softmax"}}],"calls":[%s],"outputs":[%d]}}`, calls.String()[1:], n)
}

// withWords is a model with a vocabulary attached.
func withWords(n int, format string) string {
	var words strings.Builder
	for i := range n {
		if format == "" {
			words.WriteString(`,""`)
			continue
		}
		fmt.Fprintf(&words, `,"`+format+`"`, i)
	}
	return strings.TrimSuffix(oneLayer("[2]", `{"class":"Softmax"}`), "}") + `,"preprocessing":{"words":{"class":"vocabulary","config":{"words":[` + words.String()[1:] + `]}}}}`
}

// Large models load: what a file may take in memory is enough for them.
func TestLargeConfigurations(t *testing.T) {
	for name, config := range map[string]string{
		"a million words of 5 letters": withWords(1e6, "%05x"),
		"a thousand layers":            manyLayers(1000, `{"class":"Dense","config":{"units":2,"activation":"relu"}}`),
		"300 normalizations":           manyLayers(300, `{"class":"LayerNormalization"}`),
		"ten models in models":         nestedModels(8, 1, `{"class":"Dense","config":{"units":2}}`),
	} {
		if _, err := nn.LoadConfig([]byte(config)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherFormats(t *testing.T) {
	config := oneLayer("[2]", `{"class":"Dense","config":{"units":3}}`)
	load := func(metadata map[string]string) error {
		_, err := nn.Load(nil, crafted(t, config, metadata, kernel(2, 3)...))
		return err
	}
	mistake(t, "a later format", load(map[string]string{"format_version": "2", "library_version": "7.0.0"}), "format version 2, written by glearn 7.0.0", "reads up to version 1")
	mistake(t, "format version 0", load(map[string]string{"format_version": "0"}), `format version is "0"`)
	mistake(t, "no number", load(map[string]string{"format_version": "one"}), `format version is "one"`)
	path := crafted(t, config, nil, kernel(2, 3)...)
	raw := read(t, path)
	for n := 0; n < len(raw); n += 7 {
		if err := os.WriteFile(path, raw[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := nn.Load(nil, path); !errors.Is(err, nn.ErrDamaged) {
			t.Errorf("the first %d of %d bytes: error %v, want ErrDamaged", n, len(raw), err)
		}
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(path, raw, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := nn.Load(nil, path)
	if mistake(t, "a changed bit", err, "checksum", path); !errors.Is(err, nn.ErrDamaged) {
		t.Errorf("a changed bit: error %v, want ErrDamaged", err)
	}
	_, err = nn.Load(nil, filepath.Join(t.TempDir(), "no"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: error %v, want ErrNotExist", err)
	}
}

// FuzzLoadConfig loads files with any configuration: an error or a model that
// can be saved and loaded again, never a panic, and no more memory than there is
// for it.
func FuzzLoadConfig(f *testing.F) {
	for _, seed := range []string{oneLayer("[2]", `{"class":"Dense","config":{"units":3}}`), oneLayer("[2,2]", `{"class":"Flatten"}`),
		oneLayer("[2]", `{"class":"Model","config":{"sequential":true,"inputs":[{"shape":[2]}],"layers":[{"name":"a","layer":{"class":"Softmax"}}],"calls":[{"from":[0]}],"outputs":[1]}}`),
		nestedModels(3, 2, `{"class":"Softmax"}`), withWords(3, "%d"),
		oneLayer("[4]", `{"class":"BatchNormalization"}`), oneLayer("[3]", `{"class":"Embedding","config":{"input_dim":2,"output_dim":3}}`)} {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, config []byte) {
		var m *nn.Model
		var err error
		const errors = 1 << 18 // nested models repeat one for each level
		memtest.AtMost(t, int64(len(config)), spec.Allowance+errors, func() { m, err = nn.LoadConfig(config) })
		if err != nil {
			return
		}
		n := 0
		for _, w := range m.Weights() {
			if n += w.Size(); n > 1<<20 || n < 0 {
				return // Save would draw all of them
			}
		}
		path := filepath.Join(folder, "x")
		if err := m.Save(path); err != nil {
			t.Fatalf("%q is loaded and cannot be saved: %v", config, err)
		}
		if _, err := nn.Load(nil, path); err != nil {
			t.Fatalf("%q is loaded and saved and cannot be loaded again: %v", config, err)
		}
	})
}
