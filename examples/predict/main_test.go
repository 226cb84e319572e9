package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glearn-go/glearn/cpu_fallback"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/examples/internal/exampletest"
	"github.com/glearn-go/glearn/internal/memtest"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/layers"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

func TestTrainsServesAndMeasures(t *testing.T) {
	exampletest.OnEachBackend(t, func(t *testing.T, backend string) {
		var out strings.Builder
		o := options{Options: example.Options{Backend: backend, Epochs: 50, Seed: 1}, requests: 50, clients: 4}
		if err := run(t.Context(), &out, o); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"device: " + backend, "accuracy 0.9", "iris.safetensors at http://127.0.0.1:", "50 requests, ", "p99 "} {
			if !strings.Contains(out.String(), text) {
				t.Errorf("the output lacks %q:\n%s", text, out.String())
			}
		}
	})
}

// An accuracy is of 150 flowers: 0.014 are two of them.
func TestBackendsAgree(t *testing.T) {
	exampletest.Agree(t, 0.014, func(t *testing.T, backend string) map[string]float64 {
		var out strings.Builder
		if err := run(t.Context(), &out, options{Options: example.Options{Backend: backend, Epochs: 10, Seed: 1}, requests: 1, clients: 1}); err != nil {
			t.Fatal(err)
		}
		var accuracy float64
		_, after, _ := strings.Cut(out.String(), "flowers: accuracy ")
		if _, err := fmt.Sscan(after, &accuracy); err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
		return map[string]float64{"accuracy": accuracy}
	})
}

// compiled puts a model on the CPU.
func compiled(t testing.TB, model *nn.Model) *nn.Model {
	t.Helper()
	dev, err := cpu_fallback.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := model.Close(); err != nil {
			t.Error(err)
		}
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := model.Compile(dev, nn.CompileConfig{Seed: 1}); err != nil {
		t.Fatal(err)
	}
	return model
}

// sums is a model of 2 x 3 numbers that answers with their sum.
func sums(t testing.TB) *handler {
	t.Helper()
	model := compiled(t, nn.NewSequential(layers.Input{Shape: []int{2, 3}}, layers.Flatten{}, layers.Dense{Units: 1}))
	if err := model.SetWeights([][]float32{{1, 1, 1, 1, 1, 1}, {0}}); err != nil {
		t.Fatal(err)
	}
	return handle(t, model)
}

// people is a model of rows that answers with age/10, and 10 more for women.
func people(t testing.TB) *handler {
	t.Helper()
	pipeline := preprocessing.NewPipeline(
		preprocessing.Feature{Column: "age", Transform: &preprocessing.Impute{Strategy: preprocessing.Constant, Fill: 30}},
		preprocessing.Feature{Column: "sex", Transform: &preprocessing.StringLookup{Output: preprocessing.OneHot, NumOOVIndices: new(0)}},
	)
	err := pipeline.Adapt(preprocessing.Frame{"age": preprocessing.Numbers{20, 30}, "sex": preprocessing.Texts{"male", "female"}})
	if err != nil {
		t.Fatal(err)
	}
	women := 1
	if pipeline.Inputs[0][1].Transform.(*preprocessing.StringLookup).Vocabulary[0] == "female" {
		women = 0
	}
	model := compiled(t, nn.NewSequential(layers.Input{Shape: []int{3}}, layers.Dense{Units: 1}))
	kernel := []float32{0.1, 0, 0}
	kernel[1+women] = 10
	if err := model.SetWeights([][]float32{kernel, {0}}); err != nil {
		t.Fatal(err)
	}
	if err := model.Attach(example.Pipeline, pipeline); err != nil {
		t.Fatal(err)
	}
	return handle(t, model)
}

func handle(t testing.TB, model *nn.Model) *handler {
	t.Helper()
	h, err := newHandler(model)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask posts a body and gives the status and the answer.
func ask(h http.Handler, body string) (int, string) {
	request := httptest.NewRequest(http.MethodPost, "/predict", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	return answer.Code, strings.TrimSpace(answer.Body.String())
}

func TestAnswers(t *testing.T) {
	for body, want := range map[string]string{
		`{"instances": [[[1,2,3],[4,5,6]], [[0,0,0],[0,0,-1.5]]]}`: `{"predictions":[[21],[-1.5]]}`,
		` {"instances" : [[[1e2,0,0],[0,0,0]]] } `:                 `{"predictions":[[100]]}`,
	} {
		if status, got := ask(sums(t), body); status != http.StatusOK || got != want {
			t.Errorf("%s: %d %s, want %s", body, status, got, want)
		}
	}
	body := `{"instances": [{"age": 20, "sex": "male"}, {"sex": "female", "age": null}]}`
	if status, got := ask(people(t), body); status != http.StatusOK || got != `{"predictions":[[2],[13]]}` {
		t.Errorf("%d %s", status, got)
	}
}

func TestDescribes(t *testing.T) {
	for _, c := range []struct {
		h    *handler
		want string
	}{
		{sums(t), `{"input":[2,3],"output":[1]}`},
		{people(t), `{"columns":["age","sex"],"output":[1]}`},
	} {
		answer := httptest.NewRecorder()
		c.h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
		if got := strings.TrimSpace(answer.Body.String()); answer.Code != http.StatusOK || got != c.want {
			t.Errorf("%d %s, want %s", answer.Code, got, c.want)
		}
	}
}

// hostile are bodies that must be refused, with the status and a part of the
// error. Those that begin with "people" are for a model with a pipeline.
var hostile = map[string]struct {
	body   string
	status int
	want   string
}{
	"nothing":                {"", 400, "EOF"},
	"no JSON":                {"hello", 400, "invalid character"},
	"cut short":              {`{"instances": [[[1,2`, 400, "EOF"},
	"no object":              {`[1]`, 400, "found [, want {"},
	"another key":            {`{"rows": []}`, 400, "found rows, want instances"},
	"one key more":           {`{"instances": [[[1,2,3],[4,5,6]]], "x": 1}`, 400, "found x, want }"},
	"something after":        {`{"instances": [[[1,2,3],[4,5,6]]]} 1`, 400, "something follows"},
	"no list":                {`{"instances": 1}`, 400, "found 1, want ["},
	"no instances":           {`{"instances": []}`, 400, "no instances"},
	"too many instances":     {`{"instances": [` + strings.Repeat(`[[1,2,3],[4,5,6]],`, maxInstances) + `[[1,2,3],[4,5,6]]]}`, 400, "more than 1024 instances"},
	"a list too short":       {`{"instances": [[[1,2,3],[4,5,6]], [[1,2,3],[4,5]]]}`, 400, "byte 48: instance 1: a list of 2, want 3"},
	"a list too long":        {`{"instances": [[[1,2,3,4],[4,5,6]]]}`, 400, "instance 0: a list of more than 3"},
	"a row too many":         {`{"instances": [[[1,2,3],[4,5,6],[7,8,9]]]}`, 400, "a list of more than 2"},
	"numbers without rows":   {`{"instances": [[1,2,3,4,5,6]]}`, 400, "found 1, want ["},
	"text in place of one":   {`{"instances": [[[1,2,"3"],[4,5,6]]]}`, 400, "found 3, want a number"},
	"null in place of one":   {`{"instances": [[[1,2,null],[4,5,6]]]}`, 400, "want a number"},
	"deep":                   {`{"instances": [[[1,2,` + strings.Repeat("[", 20000), 400, "found [, want a number"},
	"above float64":          {`{"instances": [[[1,2,1e999],[4,5,6]]]}`, 400, "1e999"},
	"above float32":          {`{"instances": [[[1,2,-1e39],[4,5,6]]]}`, 400, "-1e+39 is no float32"},
	"NaN":                    {`{"instances": [[[1,2,NaN],[4,5,6]]]}`, 400, "invalid character 'N'"},
	"a sum without end":      {`{"instances": [[[3e38,3e38,3e38],[0,0,0]]]}`, 500, "the model answers +Inf"},
	"a body too large":       {`{"instances": [` + strings.Repeat(" ", maxBody) + `]}`, 413, "too large"},
	"people, an array":       {`{"instances": [[1,2]]}`, 400, "instance 0: found [, want {"},
	"people, a column more":  {`{"instances": [{"age": 1, "sex": "male", "x": 1}]}`, 400, `there is no column "x"; the model takes ["age" "sex"]`},
	"people, a column less":  {`{"instances": [{"age": 1}]}`, 400, `column "sex" is not there`},
	"people, a column twice": {`{"instances": [{"age": 1, "age": 2}]}`, 400, `column "age" comes twice`},
	"people, text as number": {`{"instances": [{"age": "old", "sex": "male"}]}`, 400, `column "age"`},
	"people, number as text": {`{"instances": [{"age": 1, "sex": 1.5}]}`, 400, `column "sex"`},
	"people, an unknown sex": {`{"instances": [{"age": 1, "sex": "robot"}]}`, 400, `column "sex"`},
	"people, a truth value":  {`{"instances": [{"age": true, "sex": "male"}]}`, 400, `column "age"`},
	"people, an object":      {`{"instances": [{"age": {}, "sex": "male"}]}`, 400, `column "age"`},
	"people, above float32":  {`{"instances": [{"age": 1e39, "sex": "male"}]}`, 400, `column "age": 1e+39 is no float32`},
	"people, deep":           {`{"instances": [{"age": ` + strings.Repeat("[", 20000), 400, `column "age": a list in a list`},
	"people, long lists":     {`{"instances": [{"age": [` + strings.Repeat("1,", maxBody/2-20) + `1], "sex": "male"}]}`, 400, `column "age": more than 16384 entries`},
	"people, lists of texts": {`{"instances": [{"age": 1, "sex": [` + strings.Repeat(`"",`, maxEntries-1) + `""]}]}`, 400, `column "sex"`},
	"people, empty lists":    {`{"instances": [` + strings.Repeat(`{"age": [], "sex": []},`, maxInstances-1) + `{"age": [], "sex": []}]}`, 400, `column "age"`},
	"people, a long text":    {`{"instances": [{"age": 1, "sex": "` + strings.Repeat("x", maxBody-100) + `"}]}`, 400, `column "sex"`},
	"people, long numbers":   {`{"instances": [{"age": 0.` + strings.Repeat("1", maxBody-100) + `, "sex": "x"}]}`, 400, `column "sex"`},
	"people, many rows":      {`{"instances": [` + strings.Repeat(`{"age": 1, "sex": "male"},`, maxInstances-1) + `{"age": 1, "sex": "x"}]}`, 400, `column "sex"`},
}

// requestConstant is what a request takes beside twice its body: all the rows
// and the entries of lists that it may have.
const requestConstant = 4 << 20

func TestRefuses(t *testing.T) {
	array, rows := sums(t), people(t)
	for name, c := range hostile {
		h := array
		if strings.HasPrefix(name, "people") {
			h = rows
		}
		var status int
		var body string
		memtest.AtMost(t, int64(len(c.body)), requestConstant, func() { status, body = ask(h, c.body) })
		var answer struct{ Error string }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Errorf("%s: %v in %s", name, err, body)
		}
		if status != c.status || !strings.Contains(answer.Error, c.want) || len(answer.Error) > 300 {
			t.Errorf("%s: %d %.400s, want %d and %q", name, status, answer.Error, c.status, c.want)
		}
	}
}

func TestRefusesOtherMethodsPathsAndKinds(t *testing.T) {
	h := sums(t)
	for name, c := range map[string]struct {
		method, path, kind string
		status             int
	}{
		"get":          {http.MethodGet, "/predict", "application/json", http.StatusMethodNotAllowed},
		"another path": {http.MethodPost, "/other", "application/json", http.StatusNotFound},
		"a form":       {http.MethodPost, "/predict", "application/x-www-form-urlencoded", http.StatusUnsupportedMediaType},
		"no kind":      {http.MethodPost, "/predict", "", http.StatusUnsupportedMediaType},
	} {
		request := httptest.NewRequest(c.method, c.path, strings.NewReader(`{"instances": [[[1,2,3],[4,5,6]]]}`))
		request.Header.Set("Content-Type", c.kind)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if answer.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, answer.Code, c.status)
		}
	}
}

// A client that has no patience gets no place when all are taken.
func TestRefusesWhenAllPlacesAreTaken(t *testing.T) {
	h := sums(t)
	for range maxAtOnce {
		h.places <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/predict", strings.NewReader(`{}`))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "16 requests are under way") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

func TestNewHandlerRefusesModelsOfOtherForms(t *testing.T) {
	a, b := nn.Input(2), nn.Input(2)
	both := nn.Apply(layers.Add{}, a, b)
	two := compiled(t, nn.NewModel([]*nn.Node{a, b}, []*nn.Node{both}))
	if _, err := newHandler(two); err == nil || !strings.Contains(err.Error(), "2 inputs and no pipeline") {
		t.Errorf("two inputs: %v", err)
	}
	x := nn.Input(2)
	outputs := compiled(t, nn.NewModel([]*nn.Node{x}, []*nn.Node{nn.Apply(layers.Dense{Units: 1}, x), nn.Apply(layers.Dense{Units: 1}, x)}))
	if _, err := newHandler(outputs); err == nil || !strings.Contains(err.Error(), "2 outputs, want one") {
		t.Errorf("two outputs: %v", err)
	}
	other := compiled(t, nn.NewSequential(layers.Input{Shape: []int{1}}, layers.Dense{Units: 1}))
	if err := other.Attach(example.Pipeline, &preprocessing.Normalization{Mean: []float32{0}, Std: []float32{1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := newHandler(other); err == nil || !strings.Contains(err.Error(), "want *preprocessing.Pipeline") {
		t.Errorf("no pipeline: %v", err)
	}
}

func TestRunRefusesAFileThatIsNoModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := os.WriteFile(path, []byte("hostile"), 0o666); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), io.Discard, options{Options: example.Options{Backend: "cpu"}, model: path})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names %s", err, path)
	}
}

// The server finishes the answers that are under way when it is stopped.
func TestServeStopsGracefully(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	asked, goOn := make(chan bool), make(chan bool)
	served := make(chan error, 1)
	go func() {
		served <- serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked <- true
			<-goOn
			fmt.Fprint(w, "late")
		}), patience)
	}()
	answered := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		answered <- fmt.Sprint(string(body), err)
	}()
	<-asked
	stop()
	goOn <- true
	if got := <-answered; got != "late<nil>" {
		t.Errorf("the answer is %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("serve returns %v", err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("the port is still open")
	}
}

// A client that sends half a request, or none, is not waited for. That the test
// ends is what it shows.
func TestSilentClientsAreCutOff(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	short := timeouts{read: 20 * time.Millisecond, write: time.Minute, idle: 20 * time.Millisecond, stop: time.Minute}
	go func() { served <- serve(ctx, listener, sums(t), short) }()
	const question = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"instances\""
	for name, sent := range map[string]string{"nothing": "", "half a header": question[:30], "half a body": question, "no second request": "GET / HTTP/1.1\r\nHost: x\r\n\r\n"} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, sent); err != nil {
			t.Error(err)
		}
		answer, err := io.ReadAll(conn) // until the server hangs up
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "half a body" && !strings.Contains(string(answer), "400 Bad Request") {
			t.Errorf("%s: answered %q", name, answer)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestLoadReportsARefusedRequest(t *testing.T) {
	server := httptest.NewServer(sums(t))
	defer server.Close()
	l := load{url: server.URL + "/predict", body: []byte(`{}`), requests: 100, clients: 2}
	if _, err := l.run(t.Context()); err == nil || !strings.Contains(err.Error(), "400 Bad Request") {
		t.Errorf("error %v", err)
	}
	l.clients = 0
	if _, err := l.run(t.Context()); err == nil || !strings.Contains(err.Error(), "want 1 or more of each") {
		t.Errorf("error %v", err)
	}
}

func FuzzPredict(f *testing.F) {
	array, rows := sums(f), people(f)
	f.Add(`{"instances": [[[1,2,3],[4,5,6]]]}`, false)
	f.Add(`{"instances": [{"age": 20, "sex": "male"}]}`, true)
	for name, c := range hostile {
		if len(c.body) < 1<<12 { // a large one slows the fuzzer down and tells it nothing
			f.Add(c.body, strings.HasPrefix(name, "people"))
		}
	}
	f.Fuzz(func(t *testing.T, body string, asRows bool) {
		h := array
		if asRows {
			h = rows
		}
		var status int
		var answer string
		memtest.AtMost(t, int64(len(body)), requestConstant, func() { status, answer = ask(h, body) })
		if !json.Valid([]byte(answer)) {
			t.Fatalf("%d %q is no JSON", status, answer)
		}
		if status == http.StatusInternalServerError && !strings.Contains(answer, "the model answers") {
			t.Fatalf("%d %s", status, answer)
		}
	})
}

func BenchmarkPredict(b *testing.B) {
	server := httptest.NewServer(sums(b))
	defer server.Close()
	l := load{url: server.URL + "/predict", body: []byte(`{"instances": [[[1,2,3],[4,5,6]]]}`), requests: 1000, clients: 8}
	for b.Loop() {
		latencies, err := l.run(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range []float64{50, 99} {
			b.ReportMetric(float64(latencies.percentile(p/100).Microseconds()), fmt.Sprintf("p%.0f-µs", p))
		}
	}
}
