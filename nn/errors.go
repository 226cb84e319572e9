package nn

import (
	"errors"

	"github.com/glearn-go/glearn/data"
)

// The kinds of failure a caller can tell apart with [errors.Is].
var (
	// ErrNotCompiled is returned by everything that needs a device, a loss or
	// an optimizer before Compile gave it one.
	ErrNotCompiled = errors.New("model is not compiled")
	// ErrDiverged stops Fit when a loss is NaN or infinite. The weights are
	// those from before the batch that did it.
	ErrDiverged = errors.New("training diverged")
	// ErrClosed is returned by everything called on a closed model.
	ErrClosed = errors.New("model is closed")
	// ErrBusy is returned by what changes a model while Fit is at work on it.
	ErrBusy = errors.New("model is being trained")
	// ErrEmpty is returned for data without rows.
	ErrEmpty = errors.New("no rows")
	// ErrValue is wrapped by errors about a value in the data: a NaN, a label
	// out of range.
	ErrValue = errors.New("value out of range")
	// ErrDamaged is wrapped by errors about a saved file that is cut short or
	// was changed.
	ErrDamaged = errors.New("file is damaged")
	// ErrShape is wrapped by errors about lengths and shapes that do not fit.
	ErrShape = data.ErrShape
)
