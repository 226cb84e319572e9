package callbacks

import "github.com/glearn-go/glearn/nn"

// TerminateOnNaN ends training without an error when a loss is NaN or
// infinite, and says so, as in Keras, also where Fit shows no progress. (Without
// it, Fit returns nn.ErrDiverged.) The weights are those from before the batch.
type TerminateOnNaN struct{}

// OnDivergence stops.
func (TerminateOnNaN) OnDivergence(t *nn.Training, err error) bool {
	t.Logf("%v: terminating training", err)
	return true
}
