package cpu_fallback

import (
	"math"

	"github.com/glearn-go/glearn/compute"
)

// loop runs one operation over a block: dst[i] = op(x[i], y[i], z[i]). dst may
// be any of the operands. Operands that are single values have one element.
// Truth values are words with all bits set, or none.
type loop func(dst, x, y, z []float32)

// form says which operands of a loop are single values.
type form uint8

const (
	blocks      form = iota // none
	singleRight             // the second of two
	singleLeft              // the first of two
)

func formOf(arity int, leftSingle, rightSingle bool) form {
	switch {
	case arity != 2:
		return blocks
	case leftSingle:
		return singleLeft
	case rightSingle:
		return singleRight
	}
	return blocks
}

// loopTable holds the loops of one kind of processor, by operation and form.
type loopTable struct {
	name         string
	floats, ints [compute.NumOps][3]loop
	boolToFloat  loop
	addScaled    loop // dst = x + y z, z a single value
	// sumRow and maxRow fold a row into 16 running results, and those by halves.
	// The largest of a row is NaN if any is, and -Inf of nothing.
	sumRow, maxRow func(x []float32) float32
	uniform        uniformLoop
}

// uniformLoop gives OpRandom's numbers, four for each counter from counter on,
// in whole groups: it leaves the rest of dst, less than group elements, alone.
type uniformLoop struct {
	fill  func(dst []float32, counter, step, seed, stream uint32)
	group int // 0: there is none
}

// active is the portable table with the processor's own loops over it.
var active = func() loopTable {
	t := portable
	if tables := vectorTables(); len(tables) > 0 {
		t = t.with(tables[0])
	}
	return t
}()

// with is t where o has no loop, else o.
func (t loopTable) with(o *loopTable) loopTable {
	t.name = o.name
	for op := range compute.NumOps {
		for f := range 3 {
			if l := o.floats[op][f]; l != nil {
				t.floats[op][f] = l
			}
			if l := o.ints[op][f]; l != nil {
				t.ints[op][f] = l
			}
		}
	}
	t.boolToFloat, t.addScaled, t.sumRow, t.maxRow, t.uniform = o.boolToFloat, o.addScaled, o.sumRow, o.maxRow, o.uniform
	return t
}

// Loops that kernels other than Map use too.
var (
	addLoop       = active.floats[compute.OpAdd][blocks]
	maxLoop       = active.floats[compute.OpMax][blocks]
	expLoop       = active.floats[compute.OpExp][blocks]
	addScaledLoop = active.addScaled
	maxOf         = active.maxRow
	subSingleLoop = active.floats[compute.OpSub][singleRight]
	mulSingleLoop = active.floats[compute.OpMul][singleRight]
)

// loopFor is the active loop of an operation on operands of a type, or nil
// where there is none of that form. All operations with operands have the form
// blocks, but OpRandom, which needs to know the elements' positions.
func loopFor(op compute.Op, t compute.Type, f form) loop {
	switch {
	case op == compute.OpToFloat && t == compute.Bool:
		return active.boolToFloat
	case t == compute.Float:
		return active.floats[op][f]
	}
	return active.ints[op][f]
}

// costs are rough tenths of a nanosecond for an element; what is not listed
// costs 1.
var costs = map[compute.Op]int{
	compute.OpRandom: 10, compute.OpPow: 400, compute.OpExp: 20, compute.OpExpm1: 60, compute.OpLog: 20, compute.OpLog1p: 60,
	compute.OpSin: 100, compute.OpCos: 100, compute.OpTanh: 30, compute.OpSigmoid: 30, compute.OpErf: 100,
	compute.OpSqrt: 3, compute.OpDiv: 3,
}

func costOf(op compute.Op) int {
	if c, ok := costs[op]; ok {
		return c
	}
	return 1
}

func fill(dst []float32, x float32) {
	for i := range dst {
		dst[i] = x
	}
}

// portable holds the loops in plain Go.
var portable = loopTable{
	name: "Go",
	floats: [compute.NumOps][3]loop{
		compute.OpAdd:     {add, addSingle, flip(addSingle)},
		compute.OpSub:     {sub, subSingle, singleSub},
		compute.OpMul:     {mul, mulSingle, flip(mulSingle)},
		compute.OpDiv:     {div, divSingle, singleDiv},
		compute.OpPow:     {pow, powSingle, nil},
		compute.OpMin:     {minimum, minSingle, flip(minSingle)},
		compute.OpMax:     {maximum, maxSingle, flip(maxSingle)},
		compute.OpNeg:     {negate},
		compute.OpAbs:     {absolute},
		compute.OpSign:    {sign},
		compute.OpFloor:   {unary64(math.Floor)},
		compute.OpRound:   {unary64(math.RoundToEven)},
		compute.OpSqrt:    {squareRoot},
		compute.OpExp:     {unary32(exp32)},
		compute.OpExpm1:   {unary32(expm132)},
		compute.OpLog:     {unary32(log32)},
		compute.OpLog1p:   {unary32(log1p32)},
		compute.OpSin:     {unary64(math.Sin)},
		compute.OpCos:     {unary64(math.Cos)},
		compute.OpTanh:    {unary32(tanh32)},
		compute.OpSigmoid: {unary32(sigmoid32)},
		compute.OpErf:     {unary32(erf32)},
		compute.OpRelu:    {relu},
		compute.OpLess:    {less, lessSingle, singleLess},
		compute.OpLessEq:  {lessEq, lessEqSingle, singleLessEq},
		compute.OpEqual:   {equal, equalSingle, flip(equalSingle)},
		compute.OpFinite:  {finite},
		compute.OpSelect:  {choose},
		compute.OpToInt:   {toInt},
	},
	ints: [compute.NumOps][3]loop{
		compute.OpAdd:     {addInt},
		compute.OpSub:     {subInt},
		compute.OpMul:     {mulInt},
		compute.OpNeg:     {negInt},
		compute.OpLess:    {lessInt},
		compute.OpLessEq:  {lessEqInt},
		compute.OpEqual:   {equalInt},
		compute.OpAnd:     {and},
		compute.OpOr:      {or},
		compute.OpNot:     {not},
		compute.OpSelect:  {choose},
		compute.OpToFloat: {intToFloat},
	},
	boolToFloat: boolToFloat,
	addScaled:   addScaled,
	sumRow:      sumRow,
	maxRow:      maxRow,
}

// flip exchanges the operands of a commutative loop.
func flip(l loop) loop { return func(dst, x, y, z []float32) { l(dst, y, x, z) } }

// unary64 is a loop through a float64 function: the fallback for what has no
// float32 code of its own.
func unary64(f func(float64) float64) loop {
	return func(dst, x, _, _ []float32) {
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = float32(f(float64(x[i])))
		}
	}
}

// unary32 is a loop through a float32 function.
func unary32(f func(float32) float32) loop {
	return func(dst, x, _, _ []float32) {
		x = x[:len(dst)]
		for i := range dst {
			dst[i] = f(x[i])
		}
	}
}

func mask(b bool) uint32 {
	if b {
		return ^uint32(0)
	}
	return 0
}
