package cpu_fallback

import (
	"errors"
	"fmt"
	"log"
	"os"
	"sync"
)

// chooseProducts finds the products by name, see Options.BLAS. Products that
// fail their self-test are refused whoever asked for them: the log says so, and
// others serve.
func chooseProducts(name string) (products, error) {
	if name == "" {
		name = os.Getenv("GLEARN_BLAS")
	}
	var p products
	var err error
	switch name {
	case "":
		return fastest(), nil
	case "gonum":
		return gonumProducts, nil
	case "native":
		p, err = nativeTested()
	case "openblas":
		p, err = openBLAS()
	default:
		if p, err = openLibrary(name); err != nil && !errors.Is(err, errWrong) {
			err = fmt.Errorf("products %q are none of gonum, native and openblas, and no library: %w", name, err)
		}
	}
	if errors.Is(err, errWrong) {
		log.Printf("cpu: %v; they are not used", err)
		return fastest(), nil
	}
	return p, err
}

// fastest is the products that the measurements in docs/benchmarks.md put
// first, of those that are here and right: our own, then a library's, then
// gonum's. It does not measure, so that equal runs stay equal.
func fastest() products {
	for _, find := range []func() (products, error){nativeTested, openBLAS} {
		p, err := find()
		if err == nil {
			return p
		}
		if errors.Is(err, errWrong) {
			log.Printf("cpu: %v; they are not used", err)
		}
	}
	return gonumProducts
}

var errNoNative = errors.New("no native products for this processor: they need AVX2 and FMA; gonum and openblas remain")

// nativeTested is nativeProducts, held to the same test as a library, once.
var nativeTested = sync.OnceValues(func() (products, error) {
	p, ok := nativeProducts()
	if !ok {
		return products{}, errNoNative
	}
	return p, p.selfTest()
})

// searched is where openBLAS looks.
var searched = libraryNames()

// openBLAS is the first library that is there; it is an error if that one
// computes wrong products.
func openBLAS() (products, error) {
	err := errors.New("no OpenBLAS on this kind of machine")
	for _, name := range searched {
		var p products
		if p, err = openLibrary(name); err == nil || errors.Is(err, errWrong) {
			return p, err
		}
	}
	return products{}, fmt.Errorf("no OpenBLAS: %w", err)
}
