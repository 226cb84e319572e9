package nn

import "slices"

// recent keeps what was used last, up to a limit, and frees the rest.
type recent[K comparable, V any] struct {
	limit int
	free  func(V)
	items []item[K, V] // the latest used first
}

type item[K comparable, V any] struct {
	key   K
	value V
}

// get finds what was put under a key.
func (r *recent[K, V]) get(key K) (value V, ok bool) {
	i := slices.IndexFunc(r.items, func(x item[K, V]) bool { return x.key == key })
	if i < 0 {
		return value, false
	}
	found := r.items[i]
	copy(r.items[1:i+1], r.items[:i])
	r.items[0] = found
	return found.value, true
}

// put adds what get did not find.
func (r *recent[K, V]) put(key K, value V) {
	r.items = slices.Insert(r.items, 0, item[K, V]{key, value})
	for len(r.items) > r.limit {
		r.free(r.items[len(r.items)-1].value)
		r.items = r.items[:len(r.items)-1]
	}
}

// clear frees all.
func (r *recent[K, V]) clear() {
	for _, x := range r.items {
		r.free(x.value)
	}
	r.items = nil
}
