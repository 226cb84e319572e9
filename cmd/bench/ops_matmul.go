package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/graph"
)

// products are the dense products m x n x k: cubes, and those of the Reuters
// network's first layer, forwards and for the gradient of its kernel.
func products() []op {
	var out []op
	for _, s := range productSizes {
		for _, trans := range transposes {
			out = append(out, product(s[0], s[1], s[2], trans))
		}
	}
	large := product(largeProduct[0], largeProduct[1], largeProduct[2], "NN")
	large.forGPU = true
	return append(out, large)
}

// productSizes are m, n and k.
var productSizes = [][3]int{{256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {512, 64, 10000}, {10000, 64, 512}}

// largeProduct keeps all of a GPU busy, and a CPU for seconds.
var largeProduct = [3]int{4096, 4096, 4096}

// transposes say of each factor whether it is read as it stands or transposed.
var transposes = []string{"NN", "NT", "TN", "TT"}

// product is C = op(A) op(B); trans has N (as it stands) or T (transposed) for
// each factor.
func product(m, n, k int, trans string) op {
	mm := compute.MatMul{M: m, N: n, K: k, TransA: trans[0] == 'T', TransB: trans[1] == 'T'}
	factors := sync.OnceValues(func() (a, b []float32) { return uniform(1, -1, 1, m*k), uniform(2, -1, 1, k*n) })
	return op{
		name:  fmt.Sprintf("MatMul/%dx%dx%d/%s", m, n, k, trans),
		flops: float64(mm.FLOPs()),
		build: func(r *rig) {
			a, b := factors()
			job := mm
			columnsA, columnsB := k, n
			if job.TransA {
				columnsA = m
			}
			if job.TransB {
				columnsB = k
			}
			job.A = compute.Rows(r.buffer(compute.Words(a)), columnsA)
			job.B = compute.Rows(r.buffer(compute.Words(b)), columnsB)
			job.C = compute.Rows(r.buffer(make([]uint32, m*n)), n)
			r.kernel(&job, job.C.View)
		},
		check: func(outputs [][]float32) error {
			a, b := factors()
			return checkProduct(outputs[0], a, b, m, n, k, mm.TransA, mm.TransB)
		},
	}
}

// Sizes of the sparse product: a batch of Reuters' newswires.
const (
	sparseRows    = 512
	sparseColumns = 10000
	sparseUnits   = 64
	sparsePerRow  = 72
)

// sparseProducts are the first layer of the Reuters network on sparse rows, and
// the gradient of its kernel.
func sparseProducts() []op {
	rng := rand.New(rand.NewPCG(3, 1))
	rowPtr, col := []int32{0}, []int32{}
	for range sparseRows {
		row := rng.Perm(sparseColumns)[:sparsePerRow]
		slices.Sort(row)
		for _, c := range row {
			col = append(col, int32(c))
		}
		rowPtr = append(rowPtr, int32(len(col)))
	}
	kernel := uniform(4, -1, 1, sparseColumns*sparseUnits)
	slope := uniform(5, -1, 1, sparseRows*sparseUnits)
	layer := func(r *rig) (y, w *graph.Tensor) {
		w = r.g.Read(r.floats("kernel", kernel, sparseColumns, sparseUnits))
		x := r.g.Sparse(&graph.Sparse{Rows: sparseRows, Cols: sparseColumns,
			RowPtr: r.ints("rows", rowPtr, len(rowPtr)), Col: r.ints("columns", col, len(col))})
		return graph.MatMul(x, w), w
	}
	flops := 2 * float64(len(col)) * sparseUnits
	size := fmt.Sprintf("%dx%dx%d", sparseRows, sparseUnits, sparseColumns)
	return []op{{
		name:  "Sparse/" + size,
		flops: flops,
		build: func(r *rig) {
			y, _ := layer(r)
			r.compile(y)
		},
	}, {
		name:  "Sparse/" + size + "/gradient",
		flops: flops,
		build: func(r *rig) {
			y, w := layer(r)
			dy := r.g.Read(r.floats("slope", slope, sparseRows, sparseUnits))
			r.compile(graph.Gradients(graph.Sum(graph.Mul(y, dy)), w)...)
		},
	}}
}
