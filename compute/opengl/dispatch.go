//go:build cgo && (linux || windows)

package opengl

// dispatch is one run of one program: what lowering a kernel gives.
type dispatch struct {
	kernel   string // its name, for errors
	source   string // GLSL
	uniforms []uint32
	bindings []binding
	groups   [3]int
	access   []access
}

// binding connects a slot of a program with a window of a buffer.
type binding struct {
	b       *buffer // nil for the scratch buffer
	texture bool    // a buffer texture and not a storage block
	texel   int     // bytes of a texel: 16 or 4
	slot    int
	offset  int // bytes
	size    int // bytes
}

// access is a range of bytes that a dispatch reads or writes.
type access struct {
	b       *buffer // nil for the scratch buffer
	lo, hi  int     // bytes
	write   bool
	texture bool // read through a buffer texture
}

// scratchNeed is how many words of scratch memory dispatches need.
func scratchNeed(list []dispatch) int {
	n := 0
	for i := range list {
		for _, b := range list[i].bindings {
			if b.b == nil {
				n = max(n, (b.offset+b.size)/4)
			}
		}
	}
	return n
}
