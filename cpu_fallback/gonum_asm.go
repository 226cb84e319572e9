//go:build amd64 && !noasm && !gccgo && !safe

package cpu_fallback

// gonumVectors says that gonum's loops are assembly here, under the conditions
// of its own files.
const gonumVectors = true
