//go:build !amd64

package cpu_fallback

// vectorTables are the tables of assembly loops: none for this architecture.
func vectorTables() []*loopTable { return nil }
