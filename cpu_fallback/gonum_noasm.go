//go:build !amd64 || noasm || gccgo || safe

package cpu_fallback

// gonumVectors says that gonum's loops are plain Go here, where adding up one
// element in a register waits for each addition and is the slower of the two.
const gonumVectors = false
