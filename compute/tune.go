package compute

// Tuner is implemented by a backend that has several ways to compute a product
// and can find the fastest by timing them.
type Tuner interface {
	// Tune times the ways to compute products like k, of which only the sizes
	// and transposes count, on a product of its own. It gives that product,
	// without operands, and one trial for each way. The fastest is used from
	// then on where the user's settings allow it.
	Tune(k *MatMul) (timed *MatMul, trials []Trial, err error)
}

// Trial is one way to compute a product, after it was tried.
type Trial struct {
	Way     string  // what the backend calls it
	Seconds float64 // of one run
	Err     error   // wrong results, or a driver that refuses the kernel
	Chosen  bool    // the fastest of those without an error
}

// Chooser is implemented by a backend that found ways by timing, which may come
// out otherwise the next time. Results are equal bit for bit only where the
// ways are, so a checkpoint takes them along.
type Chooser interface {
	// Choices are the ways in use, by class of products.
	Choices() map[string]string
	// UseChoices takes ways that Choices gave over what was or would be found.
	// One that the device does not have is left out.
	UseChoices(choices map[string]string)
}

// ChoicesOf are the choices of b, or of the backend that it wraps; nil where it
// has none.
func ChoicesOf(b Backend) map[string]string {
	if c, ok := chooserOf(b); ok {
		return c.Choices()
	}
	return nil
}

// UseChoices gives choices to b, or to the backend that it wraps, if it has any.
func UseChoices(b Backend, choices map[string]string) {
	if c, ok := chooserOf(b); ok && len(choices) > 0 {
		c.UseChoices(choices)
	}
}

func chooserOf(b Backend) (Chooser, bool) {
	for {
		if c, ok := b.(Chooser); ok {
			return c, true
		}
		w, ok := b.(interface{ Unwrap() Backend })
		if !ok {
			return nil, false
		}
		b = w.Unwrap()
	}
}
