package nn_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/nn"
	"github.com/glearn-go/glearn/nn/internal/graphtest"
)

// The right method beside each mistake: it alone would make a callback.
type good struct{}

func (good) OnEpochBegin(*nn.Training) error { return nil }

// only has methods whose names begin with On and a small letter.
type only struct{ good }

func (only) Once()      {}
func (only) OnlyHere()  {}
func (only) On3() error { return nil }

type misspelt struct{ good }

func (*misspelt) OnEpochEnded(*nn.Training, *nn.Results) error { return nil }

type ofKeras struct{ good }

func (ofKeras) OnTrainBatchEnd(*nn.Training, int, *nn.Results) error { return nil }

type ofValidation struct{ good }

func (ofValidation) OnValidationStart(*nn.Training) error { return nil }

type fewArguments struct{ good }

func (*fewArguments) OnEpochEnd(*nn.Results) error { return nil }

type noResult struct{ good }

func (noResult) OnTestEnd(*nn.Training, *nn.Results) {}

type byPointer struct{ good }

func (*byPointer) OnTrainBegin(*nn.Training) error { return nil }

type others struct{}

func (*others) OnTrainBegin(*nn.Training) error { return nil }
func (*others) OnEpochBegin(*nn.Training) error { return nil }

type twice struct {
	good
	*others
}

type wholeTwice struct{ twice }

func (wholeTwice) OnEpochBegin(*nn.Training) error { return nil }

type forgetful struct{ good }

func (forgetful) State() (string, error) { return "", nil }
func (forgetful) SetState(string) error  { return nil }

type remembersByPointer struct{ good }

func (*remembersByPointer) State() (string, [][]float32, error) { return "", nil, nil }
func (*remembersByPointer) SetState(string, [][]float32) error  { return nil }

// A method that Fit would never call is an error before it starts, which names
// the method and the one that is meant.
func TestMethodsThatFitDoesNotCall(t *testing.T) {
	b, err := compute.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	m := forBlobs(t, b, classifier())
	defer closeModel(t, m)
	train := blobs(t, 4)
	const epochEnd = "OnEpochEnd(*nn.Training, *nn.Results) error"
	for _, c := range []struct {
		callback nn.Callback
		want     []string
	}{
		{&misspelt{}, []string{"a *nn_test.misspelt", "OnEpochEnded(*nn.Training, *nn.Results) error", "nearest it knows is " + epochEnd}},
		{misspelt{}, []string{"a nn_test.misspelt", "nearest it knows is " + epochEnd}},
		{ofKeras{}, []string{"OnTrainBatchEnd", "nearest it knows is OnBatchEnd(*nn.Training, int, *nn.Results) error", "OnTestBegin"}},
		{&ofValidation{}, []string{"OnValidationStart", "nearest it knows is OnTestBegin(*nn.Training) error"}},
		{&fewArguments{}, []string{"has the method OnEpochEnd(*nn.Results) error, want " + epochEnd}},
		{fewArguments{}, []string{"want " + epochEnd}},
		{noResult{}, []string{"OnTestEnd(*nn.Training, *nn.Results), want OnTestEnd(*nn.Training, *nn.Results, error) error"}},
		{byPointer{}, []string{"OnTrainBegin only as a pointer: pass its address"}},
		{only{}, []string{"On3() error, which Fit does not know"}},
		{twice{good{}, &others{}}, []string{"no OnEpochBegin", "good", "write one"}},
		{struct{}{}, []string{"none of the methods", "OnTrainBegin, OnTrainEnd"}},
		{forgetful{}, []string{"SetState(string, [][]float32) error and State() (string, [][]float32, error)", "nn.Stateful"}},
		{remembersByPointer{}, []string{"nn.Stateful only as a pointer"}},
		{nn.Func(nil), []string{"a nn.Func, is a nil function"}},
		{(*misspelt)(nil), []string{"OnEpochEnded"}},
		{(*byPointer)(nil), []string{"nil *nn_test.byPointer"}},
		{nil, []string{"is nil"}},
	} {
		_, err := m.Fit(background, train, nn.FitConfig{Callbacks: []nn.Callback{good{}, c.callback}})
		mistake(t, "Fit", err, append(c.want, "callback 1")...)
	}
	fit(t, m, train, nn.FitConfig{Callbacks: []nn.Callback{good{}, &byPointer{}, wholeTwice{}, &remembersByPointer{}, nn.Func(func(*nn.Training, *nn.Results) error { return nil })}})
}

// full is told of everything.
type full struct{ diary }

func (f *full) OnBatchBegin(t *nn.Training, batch int) error {
	return f.note(t, "batch %d begins", batch)
}
func (f *full) OnTestBegin(t *nn.Training) error { return f.note(t, "test") }
func (f *full) OnTestEnd(t *nn.Training, r *nn.Results, err error) error {
	if err == nil && (!r.Has("loss") || r.Has("val_loss")) || err != nil && r != nil {
		return errors.New("the results are not those of the test")
	}
	return f.note(t, "test ends %v", err != nil)
}

// Each batch has a beginning, and so has validation; the end of validation comes
// however it ends.
func TestCallbacksAreToldOfBeginnings(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := forBlobs(t, b, classifier())
		defer closeModel(t, m)
		epoch := func(n string) []string {
			return []string{"epoch " + n, "batch 0 begins", "batch 0", "batch 1 begins", "batch 1"}
		}
		config := nn.FitConfig{Epochs: 2, BatchSize: 4, Validation: blobs(t, 4), ValidationFreq: 2}
		told := func(when string, act func(*nn.Training) error) ([]string, error) {
			f := &full{diary{when: when, act: act}}
			config.Callbacks = []nn.Callback{f}
			_, err := m.Fit(background, blobs(t, 6), config)
			return f.lines, err
		}
		nothing := func(*nn.Training) error { return nil }
		want := slices.Concat([]string{"begin"}, epoch("0"), []string{"epoch 0 ends"}, epoch("1"), []string{"test", "test ends false", "epoch 1 ends", "end false"})
		if lines, err := told("", nothing); err != nil || !slices.Equal(lines, want) {
			t.Errorf("told %q, %v, want %q", lines, err, want)
		}
		boom := errors.New("boom")
		config.ValidationFreq = 1
		for when, rest := range map[string][]string{
			"batch 1 begins":  {"end true"},
			"test":            {"test ends true", "end true"},
			"test ends false": {"end true"},
		} {
			lines, err := told(when, func(*nn.Training) error { return boom })
			at := slices.Index(lines, when)
			if !errors.Is(err, boom) || at < 0 || !slices.Equal(lines[at+1:], rest) {
				t.Errorf("failed at %q: %v, told %q, want %q in the end", when, err, lines, rest)
			}
		}
		ctx, cancel := context.WithCancel(background)
		f := &full{diary{when: "test", act: func(*nn.Training) error { cancel(); return nil }}}
		config.Callbacks = []nn.Callback{f}
		if _, err := m.Fit(ctx, blobs(t, 6), config); !errors.Is(err, context.Canceled) || !slices.Contains(f.lines, "test ends true") {
			t.Errorf("interrupted in its validation: %v, told %q", err, f.lines)
		}
	})
}

// swap validates with other weights, and puts those that learn back.
type swap struct{ learning [][]float32 }

func (s *swap) OnTestBegin(t *nn.Training) (err error) {
	if s.learning, err = t.Model().GetWeights(); err != nil {
		return err
	}
	other := make([][]float32, len(s.learning))
	for i := range other {
		other[i] = make([]float32, len(s.learning[i]))
	}
	return t.Model().SetWeights(other)
}

func (s *swap) OnTestEnd(t *nn.Training, _ *nn.Results, _ error) error {
	return t.Model().SetWeights(s.learning)
}

func TestValidationWithOtherWeights(t *testing.T) {
	graphtest.Each(t, func(t *testing.T, b compute.Backend) {
		var learned [2][][]float32
		var losses [2]float64
		for i, callbacks := range [][]nn.Callback{nil, {&swap{}}} {
			m := forBlobs(t, b, classifier())
			h := fit(t, m, blobs(t, 12), nn.FitConfig{Epochs: 2, BatchSize: 4, Validation: blobs(t, 6), Callbacks: callbacks})
			learned[i], losses[i] = weights(t, m), h.Last("val_loss")
			closeModel(t, m)
		}
		if !slices.EqualFunc(learned[0], learned[1], slices.Equal) {
			t.Error("the weights that learn are not those without the callback")
		}
		if losses[0] == losses[1] {
			t.Errorf("both validate to %v", losses[0])
		}
	})
}
