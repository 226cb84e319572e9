// sgemm times C = A B of m x k by k x n in OpenBLAS, called from C.
//
//	cc -O2 -o sgemm sgemm.c -lopenblas
//	./sgemm m n k threads
//
// Prints one JSON line: the median and the least milliseconds of 60 products
// after ten that warm up.
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { warm_up = 10, timed = 60 };

static double milliseconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

// numbers are uniform between -1 and 1, as in cmd/bench: the processor slows down
// where the bits of the factors vary more.
static float *numbers(size_t n) {
	float *x = malloc(n * sizeof *x);
	if (!x) {
		fprintf(stderr, "sgemm: no memory for %zu numbers\n", n);
		exit(1);
	}
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(drand48() * 2 - 1);
	return x;
}

int main(int argc, char **argv) {
	int size[4];
	if (argc != 5) {
		fprintf(stderr, "usage: %s m n k threads\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < 4; i++)
		if ((size[i] = atoi(argv[i + 1])) < 1) {
			fprintf(stderr, "sgemm: \"%s\" is not a positive number\n", argv[i + 1]);
			return 2;
		}
	int m = size[0], n = size[1], k = size[2];
	openblas_set_num_threads(size[3]);
	float *a = numbers((size_t)m * k), *b = numbers((size_t)k * n), *c = numbers((size_t)m * n);
	double took[timed];
	for (int i = -warm_up; i < timed; i++) {
		double start = milliseconds();
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 0, c, n);
		if (i >= 0)
			took[i] = milliseconds() - start;
	}
	qsort(took, timed, sizeof *took, ascending);
	printf("{\"peer\": \"C\", \"setting\": \"OpenBLAS %s, %d threads\", \"name\": \"MatMul/%dx%dx%d/NN\", \"ms\": %.4f, \"min_ms\": %.4f, \"n\": %d}\n",
		openblas_get_corename(), size[3], m, n, k, (took[timed / 2 - 1] + took[timed / 2]) / 2, took[0], timed);
}
