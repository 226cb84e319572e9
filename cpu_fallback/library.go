//go:build !nopurego && (linux || darwin || windows) && (amd64 || arm64)

package cpu_fallback

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// fortran is the arguments of the Fortran routine sgemm, which takes all of
// them by address. That suits a call from Go without reflection: no argument
// travels in a floating-point register. Each worker has its own. Integers are
// 64 bits wide, which a library with 32-bit ones reads right too on
// little-endian processors.
type fortran struct {
	transA, transB         [8]byte
	m, n, k, lda, ldb, ldc int64
	alpha, beta            float32
}

// library is a BLAS library loaded at run time.
type library struct {
	sgemm uintptr
	name  string
}

// loaded keeps libraries by path: each is loaded and tested once.
var loaded struct {
	sync.Mutex
	byPath map[string]products
	errors map[string]error
}

// openLibrary loads the products of a library and tests them.
func openLibrary(path string) (products, error) {
	loaded.Lock()
	defer loaded.Unlock()
	if p, ok := loaded.byPath[path]; ok {
		return p, loaded.errors[path]
	}
	if loaded.byPath == nil {
		loaded.byPath, loaded.errors = map[string]products{}, map[string]error{}
	}
	p, err := loadLibrary(path)
	if err == nil {
		err = p.selfTest()
	}
	loaded.byPath[path], loaded.errors[path] = p, err
	return p, err
}

func loadLibrary(path string) (products, error) {
	handle, err := openShared(path)
	if err != nil {
		return products{}, err
	}
	l := &library{sgemm: symbol(handle, "sgemm_")}
	if l.sgemm == 0 {
		return products{}, fmt.Errorf("%s has no BLAS routine sgemm_", path)
	}
	l.describe(handle, path)
	return products{name: l.name, sgemm: l.product, tile: libraryTile, opsPerNS: 60}, nil
}

// describe names the library, and makes it work on the calling thread: its
// own threads beside our goroutines would be too many for the cores.
func (l *library) describe(handle uintptr, path string) {
	l.name = path
	if config := symbol(handle, "openblas_get_config"); config != 0 {
		// Only name and version: the rest says how it was compiled.
		words := strings.Fields(cString(config))
		l.name = strings.Join(words[:min(2, len(words))], " ")
	}
	if core := symbol(handle, "openblas_get_corename"); core != 0 {
		l.name += " " + cString(core)
	}
	for _, setter := range []string{"openblas_set_num_threads", "MKL_Set_Num_Threads", "bli_thread_set_num_threads"} {
		if f := symbol(handle, setter); f != 0 {
			purego.SyscallN(f, 1)
			break
		}
	}
}

// cString calls a function without arguments that returns a C string.
func cString(f uintptr) string {
	p, _, _ := purego.SyscallN(f)
	if p == 0 {
		return ""
	}
	var b []byte
	for at := *(*unsafe.Pointer)(unsafe.Pointer(&p)); len(b) < 256; at = unsafe.Add(at, 1) {
		c := *(*byte)(at)
		if c == 0 {
			break
		}
		b = append(b, c)
	}
	return string(b)
}

// libraryTile is one tile for each core: a library packs its factors for every
// call. So with another number of cores it may add up in another order.
func libraryTile(m, n, k, threads int) (rows, cols int) {
	const least = 1 << 21 // multiplications in a tile
	rows, cols = max(m, 1), max(n, 1)
	for pieces := 1; pieces < threads && rows*cols*k > 2*least; pieces *= 2 {
		if rows > cols {
			rows = (rows/2 + 15) / 16 * 16
		} else {
			cols = (cols/2 + 15) / 16 * 16
		}
	}
	return rows, cols
}

// product is sgemm. Fortran stores matrices by columns, so it is asked for the
// transposed product, whose factors are the transposed ones in turn.
func (l *library) product(w *worker, g *gemm) {
	f := &w.fortran
	f.transA[0], f.transB[0] = letter(g.transB), letter(g.transA)
	f.m, f.n, f.k = int64(g.n), int64(g.m), int64(g.k)
	f.lda, f.ldb, f.ldc = int64(g.ldb), int64(g.lda), int64(g.ldc)
	f.alpha, f.beta = 1, 0
	if g.add {
		f.beta = 1
	}
	p := func(x unsafe.Pointer) uintptr { return uintptr(x) }
	// The last two are the lengths of the two strings, which some compilers
	// pass.
	purego.SyscallN(l.sgemm, p(unsafe.Pointer(&f.transA)), p(unsafe.Pointer(&f.transB)),
		p(unsafe.Pointer(&f.m)), p(unsafe.Pointer(&f.n)), p(unsafe.Pointer(&f.k)), p(unsafe.Pointer(&f.alpha)),
		p(unsafe.Pointer(&g.b[0])), p(unsafe.Pointer(&f.lda)), p(unsafe.Pointer(&g.a[0])), p(unsafe.Pointer(&f.ldb)),
		p(unsafe.Pointer(&f.beta)), p(unsafe.Pointer(&g.c[0])), p(unsafe.Pointer(&f.ldc)), 1, 1)
	runtime.KeepAlive(f)
	runtime.KeepAlive(g)
}

func letter(transposed bool) byte {
	if transposed {
		return 'T'
	}
	return 'N'
}
