package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/glearn-go/glearn/data"
	"github.com/glearn-go/glearn/examples/internal/example"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/preprocessing"
)

// What a client may ask for.
const (
	maxBody      = 1 << 20 // bytes of a request
	maxInstances = 1024    // rows of a request
	maxEntries   = 1 << 14 // entries of the lists in the rows of a request
	maxAtOnce    = 16      // requests that are answered at the same time
)

// predictTimeout is how long a request may wait for a place among those at once,
// and for its answer.
const predictTimeout = 10 * time.Second

// timeouts are how long other things may take.
type timeouts struct {
	read  time.Duration // for a request to arrive
	write time.Duration // for all of it
	idle  time.Duration // between two requests of a connection
	stop  time.Duration // for the last answers when the server stops
}

var patience = timeouts{read: 10 * time.Second, write: 30 * time.Second, idle: time.Minute, stop: 10 * time.Second}

// serve answers until ctx ends, and then finishes the answers that are under way.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, limits timeouts) error {
	server := &http.Server{
		Handler:           handler,
		ReadTimeout:       limits.read,
		ReadHeaderTimeout: limits.read,
		WriteTimeout:      limits.write,
		IdleTimeout:       limits.idle,
		MaxHeaderBytes:    1 << 14,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limits.stop)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// handler answers requests with a model.
//
//	GET  /         what the model takes and gives
//	POST /predict  {"instances": [...]} -> {"predictions": [[...], ...]}
//
// The form of the bodies is TensorFlow Serving's.
type handler struct {
	http.ServeMux
	model    *nn.Model
	pipeline *preprocessing.Pipeline // nil where instances are the model's inputs themselves
	places   chan struct{}           // one for each request that is being answered
}

// newHandler serves models with one output that have a pipeline or one input.
func newHandler(model *nn.Model) (*handler, error) {
	h := &handler{model: model, places: make(chan struct{}, maxAtOnce)}
	if attached := model.Attached(example.Pipeline); attached != nil {
		pipeline, ok := attached.(*preprocessing.Pipeline)
		if !ok {
			return nil, fmt.Errorf("what is attached as %q is %T, want *preprocessing.Pipeline", example.Pipeline, attached)
		}
		h.pipeline = pipeline
	} else if n := len(model.InputShapes()); n != 1 {
		return nil, fmt.Errorf("a model of %d inputs and no pipeline, want one input", n)
	}
	if n := len(model.OutputShapes()); n != 1 {
		return nil, fmt.Errorf("a model of %d outputs, want one", n)
	}
	h.HandleFunc("GET /{$}", h.describe)
	h.HandleFunc("POST /predict", h.predict)
	return h, nil
}

// describe says what instances look like: names of columns, or the shape of an
// array.
func (h *handler) describe(w http.ResponseWriter, r *http.Request) {
	answer := map[string]any{"output": h.model.OutputShapes()[0]}
	if h.pipeline != nil {
		answer["columns"] = h.pipeline.Columns()
	} else {
		answer["input"] = h.model.InputShapes()[0]
	}
	reply(w, http.StatusOK, answer)
}

func (h *handler) predict(w http.ResponseWriter, r *http.Request) {
	predictions, err := h.answer(w, r)
	if err != nil {
		reply(w, status(err), map[string]any{"error": err.Error()})
		return
	}
	reply(w, http.StatusOK, map[string]any{"predictions": predictions})
}

// answer reads the instances of a request and asks the model.
func (h *handler) answer(w http.ResponseWriter, r *http.Request) ([][]float32, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &requestError{http.StatusUnsupportedMediaType, errors.New("Content-Type has to be application/json")}
	}
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	// The place is taken before the body is read: what it unpacks to is several
	// times as large.
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
	case <-ctx.Done():
		return nil, &requestError{http.StatusServiceUnavailable, fmt.Errorf("%d requests are under way; try again later", maxAtOnce)}
	}
	inputs, err := h.readInstances(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	y, err := h.model.Predict(ctx, inputs...)
	if err != nil {
		return nil, err
	}
	return rows(y)
}

// rows are the answers, one list an instance. JSON has no NaN.
func rows(y *data.Dense) ([][]float32, error) {
	out := make([][]float32, y.Rows())
	for i := range out {
		out[i] = y.Row(i)
		for _, v := range out[i] {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, fmt.Errorf("instance %d: the model answers %v", i, v)
			}
		}
	}
	return out, nil
}

// requestError is a mistake of the client's.
type requestError struct {
	status int
	err    error
}

func (e *requestError) Error() string { return e.err.Error() }
func (e *requestError) Unwrap() error { return e.err }

// status is the HTTP status that an error stands for.
func status(err error) int {
	var request *requestError
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &size):
		return http.StatusRequestEntityTooLarge
	case errors.As(err, &request):
		return request.status
	case errors.Is(err, nn.ErrShape), errors.Is(err, nn.ErrValue), errors.Is(err, nn.ErrEmpty):
		return http.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nn.ErrClosed):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// reply writes an answer. A client that has gone does not get it, which is no
// concern of the server's.
func reply(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
