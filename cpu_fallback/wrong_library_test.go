//go:build !nopurego && linux

package cpu_fallback

import (
	"bytes"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ebitengine/purego"
)

// lie is a BLAS library whose products are right but for those of a transposed
// second factor with many terms: as some builds are on processors that are
// newer than they are.
const lie = `
const char *openblas_get_config(void) { return "OpenBLAS 9.9.9 DYNAMIC_ARCH"; }
const char *openblas_get_corename(void) { return "Liar"; }
static int threads = 8;
void openblas_set_num_threads(int n) { threads = n; }
int openblas_get_num_threads(void) { return threads; }

void sgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha,
            const float *a, const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc) {
	for (int j = 0; j < *n; j++)
		for (int i = 0; i < *m; i++) {
			double sum = 0;
			for (int l = 0; l < *k; l++)
				sum += (double)(*ta == 'T' ? a[i * *lda + l] : a[l * *lda + i]) * (*tb == 'T' ? b[l * *ldb + j] : b[j * *ldb + l]);
			float *at = &c[j * *ldc + i];
			*at = *alpha * sum + (*beta == 0 ? 0 : *beta * *at);
			if (LIES && *ta == 'T' && *k > 64)
				*at += 0.001f;
		}
}
`

// sharedLibrary compiles lie; lies makes it one.
func sharedLibrary(t *testing.T, lies string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to build a library with")
	}
	dir := t.TempDir()
	source, library := filepath.Join(dir, "lie.c"), filepath.Join(dir, "liblie.so")
	if err := os.WriteFile(source, []byte(lie), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(cc, "-shared", "-fPIC", "-O1", "-DLIES="+lies, "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return library
}

// logged collects what is logged until the test ends.
func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	log.SetOutput(&b)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return &b
}

func TestLibraryThatLiesIsRefused(t *testing.T) {
	path := sharedLibrary(t, "1")
	before := searched
	t.Cleanup(func() { searched = before })
	searched = []string{path}
	others := fastest().name
	for _, name := range []string{path, "openblas"} {
		said := logged(t)
		b := newBench(t, 2, name)
		if driver := b.d.Info().Driver; strings.Contains(driver, "Liar") || !strings.HasPrefix(driver, others) {
			t.Errorf("%s: products by %s, want those of %s", name, driver, others)
		}
		if s := said.String(); !strings.Contains(s, "OpenBLAS 9.9.9 Liar") || !strings.Contains(s, "wrong") || strings.Count(s, "\n") != 1 {
			t.Errorf("%s: the log says %q, want one line that names the library", name, s)
		}
		testMatMul(t, b, 1, 40, 50, 300, 2)
	}
}

func TestGonumServesWhereNothingElseIsRight(t *testing.T) {
	before, native := searched, nativeTested
	t.Cleanup(func() { searched, nativeTested = before, native })
	searched = []string{sharedLibrary(t, "1")}
	nativeTested = func() (products, error) { return products{}, errNoNative }
	said := logged(t)
	if p := fastest(); p.name != "gonum" || !strings.Contains(said.String(), "Liar") {
		t.Errorf("products by %s, want gonum; the log says %q", p.name, said)
	}
}

// A library computes on the goroutine that calls it: its own threads beside
// our pool would be too many for the cores.
func TestLibraryWorksOnOneThread(t *testing.T) {
	paths := append([]string{sharedLibrary(t, "0")}, libraryNames()...)
	for _, path := range paths {
		p, err := openLibrary(path)
		if err != nil {
			t.Logf("%s: %v", path, err)
			continue
		}
		handle, err := openShared(path)
		if err != nil {
			t.Fatal(err)
		}
		threads := symbol(handle, "openblas_get_num_threads")
		if threads == 0 {
			t.Logf("%s does not say how many threads it has", path)
			continue
		}
		if n, _, _ := purego.SyscallN(threads); int32(n) != 1 {
			t.Errorf("%s has %d threads", p.name, int32(n))
		}
	}
}
