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
