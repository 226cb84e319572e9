package cpu_fallback

import (
	"fmt"
	"os"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// products is an implementation of dense products.
type products struct {
	name string
	blas blas.Float32
	// tileRows x tileCols is the largest result that one call of Sgemm may
	// have: the work is cut into such tiles, which run at the same time.
	tileRows, tileCols int
	// opsPerNS is roughly how many floating-point operations one core does.
	opsPerNS int
}

// gonumProducts is gonum's own Go code. Sgemm splits a result of four or more
// blocks of 64 x 64 over goroutines of its own, which allocates; three blocks
// it computes on the spot.
var gonumProducts = products{name: "gonum", blas: gonum.Implementation{}, tileRows: 64, tileCols: 192, opsPerNS: 8}

// chooseProducts finds the products by name, see Options.BLAS.
func chooseProducts(name string) (products, error) {
	if name == "" {
		name = os.Getenv("GLEARN_BLAS")
	}
	switch name {
	case "", "gonum":
		return gonumProducts, nil
	}
	return products{}, fmt.Errorf("no products %q; want gonum, native, openblas or the path of a library", name)
}

func transpose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
