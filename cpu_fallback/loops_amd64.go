package cpu_fallback

import (
	"golang.org/x/sys/cpu"

	"github.com/glearn-go/glearn/compute"
	"github.com/glearn-go/glearn/cpu_fallback/internal/vector"
)

// The processor's features are asked once, when the package starts.
var (
	hasAVX512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 && hasAVX2
	hasAVX2   = cpu.X86.HasAVX2 && cpu.X86.HasFMA
)

// vectorTables are the tables of assembly loops that this processor can run,
// the fastest first. What they lack stays with the portable ones.
func vectorTables() []*loopTable {
	var tables []*loopTable
	if hasAVX512 {
		tables = append(tables, &loops512)
	}
	if hasAVX2 {
		tables = append(tables, &loops256)
	}
	return tables
}

var loops512 = loopTable{
	name: "AVX-512",
	floats: [compute.NumOps][3]loop{
		compute.OpAdd:     {vector.Add512, vector.AddSingle512, flip(vector.AddSingle512)},
		compute.OpSub:     {vector.Sub512, vector.SubSingle512, vector.SingleSub512},
		compute.OpMul:     {vector.Mul512, vector.MulSingle512, flip(vector.MulSingle512)},
		compute.OpDiv:     {vector.Div512, vector.DivSingle512, vector.SingleDiv512},
		compute.OpMin:     {vector.Min512, vector.MinSingle512, flip(vector.MinSingle512)},
		compute.OpMax:     {vector.Max512, vector.MaxSingle512, flip(vector.MaxSingle512)},
		compute.OpNeg:     {vector.Negate512},
		compute.OpAbs:     {vector.Absolute512},
		compute.OpSign:    {vector.Sign512},
		compute.OpFloor:   {vector.Floor512},
		compute.OpRound:   {vector.Round512},
		compute.OpSqrt:    {vector.SquareRoot512},
		compute.OpExp:     {vector.Exp512},
		compute.OpExpm1:   {vector.Expm1512},
		compute.OpLog:     {vector.Log512},
		compute.OpLog1p:   {vector.Log1p512},
		compute.OpTanh:    {vector.Tanh512},
		compute.OpSigmoid: {vector.Sigmoid512},
		compute.OpErf:     {vector.Erf512},
		compute.OpRelu:    {vector.Relu512},
		compute.OpLess:    {vector.Less512, vector.LessSingle512, vector.SingleLess512},
		compute.OpLessEq:  {vector.LessEq512, vector.LessEqSingle512, vector.SingleLessEq512},
		compute.OpEqual:   {vector.Equal512, vector.EqualSingle512, flip(vector.EqualSingle512)},
		compute.OpFinite:  {vector.Finite512},
		compute.OpSelect:  {vector.Choose512},
	},
	ints: [compute.NumOps][3]loop{
		compute.OpAnd:     {vector.And512},
		compute.OpOr:      {vector.Or512},
		compute.OpNot:     {vector.Not512},
		compute.OpSelect:  {vector.Choose512},
		compute.OpToFloat: {vector.IntToFloat512},
	},
	boolToFloat: vector.BoolToFloat512,
	addScaled:   vector.AddScaled512,
	sumRow:      vector.SumRow512,
	maxRow:      vector.MaxRow512,
	uniform:     uniformLoop{vector.Uniform512, 32},
}

var loops256 = loopTable{
	name: "AVX2",
	floats: [compute.NumOps][3]loop{
		compute.OpAdd:     {vector.Add256, vector.AddSingle256, flip(vector.AddSingle256)},
		compute.OpSub:     {vector.Sub256, vector.SubSingle256, vector.SingleSub256},
		compute.OpMul:     {vector.Mul256, vector.MulSingle256, flip(vector.MulSingle256)},
		compute.OpDiv:     {vector.Div256, vector.DivSingle256, vector.SingleDiv256},
		compute.OpMin:     {vector.Min256, vector.MinSingle256, flip(vector.MinSingle256)},
		compute.OpMax:     {vector.Max256, vector.MaxSingle256, flip(vector.MaxSingle256)},
		compute.OpNeg:     {vector.Negate256},
		compute.OpAbs:     {vector.Absolute256},
		compute.OpSign:    {vector.Sign256},
		compute.OpFloor:   {vector.Floor256},
		compute.OpRound:   {vector.Round256},
		compute.OpSqrt:    {vector.SquareRoot256},
		compute.OpExp:     {vector.Exp256},
		compute.OpExpm1:   {vector.Expm1256},
		compute.OpLog:     {vector.Log256},
		compute.OpLog1p:   {vector.Log1p256},
		compute.OpTanh:    {vector.Tanh256},
		compute.OpSigmoid: {vector.Sigmoid256},
		compute.OpErf:     {vector.Erf256},
		compute.OpRelu:    {vector.Relu256},
		compute.OpLess:    {vector.Less256, vector.LessSingle256, vector.SingleLess256},
		compute.OpLessEq:  {vector.LessEq256, vector.LessEqSingle256, vector.SingleLessEq256},
		compute.OpEqual:   {vector.Equal256, vector.EqualSingle256, flip(vector.EqualSingle256)},
		compute.OpFinite:  {vector.Finite256},
		compute.OpSelect:  {vector.Choose256},
	},
	ints: [compute.NumOps][3]loop{
		compute.OpAnd:     {vector.And256},
		compute.OpOr:      {vector.Or256},
		compute.OpNot:     {vector.Not256},
		compute.OpSelect:  {vector.Choose256},
		compute.OpToFloat: {vector.IntToFloat256},
	},
	boolToFloat: vector.BoolToFloat256,
	addScaled:   vector.AddScaled256,
	sumRow:      vector.SumRow256,
	maxRow:      vector.MaxRow256,
	uniform:     uniformLoop{vector.Uniform256, 16},
}
