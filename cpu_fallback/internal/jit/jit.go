// Package jit makes machine code of elementwise formulas while the program
// runs: one loop over arrays that keeps every value between two operations in a
// register. The loops of package vector, which run one operation each, give the
// same bits, but that no result below the smallest normal number stays.
package jit
