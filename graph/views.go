package graph

// Reshape is the same elements, row-major, under another shape. One axis may
// be -1: it takes what is left.
func Reshape(x *Tensor, shape ...int) *Tensor {
	shape = append([]int(nil), shape...)
	rest, known := -1, 1
	for i, d := range shape {
		if d == -1 && rest < 0 {
			rest = i
		} else {
			known *= d
		}
	}
	if rest >= 0 && known > 0 {
		shape[rest] = x.Size() / known
	}
	if x.kind == kindSparse || sizeOf(shape) != x.Size() || rest >= 0 && known <= 0 {
		x.g.Fail("graph: reshape of %v to %v", x.shape, shape)
		return x
	}
	for x.kind == kindReshape {
		x = x.args[0]
	}
	if equal(shape, x.shape) {
		return x
	}
	if k := constantOf(x); k != nil {
		return BroadcastTo(k, shape...)
	}
	return x.g.add(Tensor{kind: kindReshape, typ: x.typ, shape: shape, args: []*Tensor{x}})
}

// Permute reorders axes: axis i of the result is axis perm[i] of x.
func Permute(x *Tensor, perm ...int) *Tensor {
	shape := make([]int, len(perm))
	seen := make([]bool, len(x.shape))
	same := true
	for i, p := range perm {
		if p < 0 || p >= len(x.shape) || seen[p] || len(perm) != len(x.shape) {
			x.g.Fail("graph: permute %v of a tensor of shape %v", perm, x.shape)
			return x
		}
		seen[p] = true
		shape[i] = x.shape[p]
		same = same && p == i
	}
	if same {
		return x
	}
	return x.g.add(Tensor{kind: kindPermute, typ: x.typ, shape: shape, args: []*Tensor{x}, axes: append([]int(nil), perm...)})
}

// Transpose swaps the last two axes.
func Transpose(x *Tensor) *Tensor {
	n := len(x.shape)
	if n < 2 {
		x.g.Fail("graph: transpose of shape %v needs two axes", x.shape)
		return x
	}
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	perm[n-1], perm[n-2] = n-2, n-1
	return Permute(x, perm...)
}

// Slice is the window that starts at from and has the given shape.
func Slice(x *Tensor, from, shape []int) *Tensor {
	for i := range x.shape {
		if len(from) != len(x.shape) || len(shape) != len(x.shape) || from[i] < 0 || shape[i] < 0 || from[i]+shape[i] > x.shape[i] {
			x.g.Fail("graph: slice of shape %v from %v of a tensor of shape %v", shape, from, x.shape)
			return x
		}
	}
	if equal(shape, x.shape) {
		return x
	}
	return x.g.add(Tensor{kind: kindSlice, typ: x.typ, shape: append([]int(nil), shape...), args: []*Tensor{x}, axes: append([]int(nil), from...)})
}

// SliceAxis is elements [from, to) along one axis; a negative axis counts from
// the last.
func SliceAxis(x *Tensor, axis, from, to int) *Tensor {
	if axis < 0 {
		axis += len(x.shape)
	}
	if axis < 0 || axis >= len(x.shape) {
		x.g.Fail("graph: slice along axis %d of a tensor of shape %v", axis, x.shape)
		return x
	}
	start, shape := make([]int, len(x.shape)), append([]int(nil), x.shape...)
	start[axis], shape[axis] = from, to-from
	return Slice(x, start, shape)
}

// Pad lays x into zeros of the given shape, starting at from.
func Pad(x *Tensor, from, shape []int) *Tensor {
	for i := range x.shape {
		if len(from) != len(x.shape) || len(shape) != len(x.shape) || from[i] < 0 || from[i]+x.shape[i] > shape[i] {
			x.g.Fail("graph: pad of shape %v at %v into %v", x.shape, from, shape)
			return x
		}
	}
	if equal(shape, x.shape) {
		return x
	}
	return x.g.add(Tensor{kind: kindPad, typ: x.typ, shape: append([]int(nil), shape...), args: []*Tensor{x}, axes: append([]int(nil), from...)})
}

// Concat joins tensors along an axis; a negative axis counts from the last.
func Concat(axis int, parts ...*Tensor) *Tensor {
	first := parts[0]
	if axis < 0 {
		axis += len(first.shape)
	}
	if axis < 0 || axis >= len(first.shape) {
		first.g.Fail("graph: concat along axis %d of shape %v", axis, first.shape)
		return first
	}
	shape := append([]int(nil), first.shape...)
	shape[axis] = 0
	for _, p := range parts {
		for i := range shape {
			if len(p.shape) != len(shape) || p.typ != first.typ || i != axis && p.shape[i] != shape[i] {
				first.g.Fail("graph: concat along axis %d: shapes %v and %v do not fit together", axis, first.shape, p.shape)
				return first
			}
		}
		shape[axis] += p.shape[axis]
	}
	if len(parts) == 1 {
		return first
	}
	return first.g.add(Tensor{kind: kindConcat, typ: first.typ, shape: shape, args: append([]*Tensor(nil), parts...), axes: []int{axis}})
}

// BroadcastTo repeats x as numpy does, to the given shape.
func BroadcastTo(x *Tensor, shape ...int) *Tensor {
	if equal(shape, x.shape) {
		return x
	}
	if s, ok := broadcast(x.shape, shape); !ok || !equal(s, shape) {
		x.g.Fail("graph: cannot broadcast shape %v to %v", x.shape, shape)
		return x
	}
	if x.kind == kindBroadcast {
		if s, ok := broadcast(x.args[0].shape, shape); ok && equal(s, shape) && len(x.args[0].shape) == 0 {
			x = x.args[0]
		}
	}
	return x.g.add(Tensor{kind: kindBroadcast, typ: x.typ, shape: append([]int(nil), shape...), args: []*Tensor{x}})
}

// StopGradient is x, taken as a constant by Gradients.
func StopGradient(x *Tensor) *Tensor {
	return x.g.add(Tensor{kind: kindStop, typ: x.typ, shape: x.shape, args: []*Tensor{x}})
}
