package vector

// CopyAhead copies blocks of 16 words, at least one, and fetches those at next
// into the cache. It also takes the words 1 KiB behind dst away from the other
// cores, which still hold what they read there: a store that has to wait for them
// takes as long as a load from memory.
//
//go:noescape
func CopyAhead(dst, src, next *float32, blocks int)

// ClearRows sets blocks of 8 words, at least one, of rows, at least one, to 0;
// stride counts bytes. Rows further on are fetched for writing.
//
//go:noescape
func ClearRows(dst *float32, stride uintptr, rows, blocks int)
