//go:build !amd64

package cpu_fallback

// vectorState is what a worker keeps for native products and machine code.
type vectorState struct{}

// nativeProducts are the package's own: there are none for this architecture.
func nativeProducts() (products, bool) { return products{}, false }
