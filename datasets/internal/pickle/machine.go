package pickle

import (
	"errors"
	"fmt"
	"math"
)

// kind says what a value on the stack is.
type kind uint8

const (
	kindMark kind = iota
	kindNone
	kindBool
	kindInt
	kindText
	kindTuple
	kindGlobal // one of the allowed names
	kindArrays // the list of the array's elements
	kindList   // one element: a list of ints
	kindDtype
	kindArray
)

var kindNames = [...]string{"a mark", "None", "a bool", "an int", "a string", "a tuple", "a name", "the list of elements", "a list", "a dtype", "an array"}

func (k kind) String() string { return kindNames[k] }

type value struct {
	kind  kind
	int   int64   // kindInt; the row of a kindList
	text  string  // kindText, kindGlobal
	items []value // kindTuple
}

// globals are the only names that a file may mention, by module, with what this
// reader calls them. NumPy 2 renamed numpy.core to numpy._core; _codecs.encode
// is how Python 3 writes the bytes b'b' in protocol 2.
var globals = map[[2]string]string{
	{"numpy.core.multiarray", "_reconstruct"}:  "_reconstruct",
	{"numpy._core.multiarray", "_reconstruct"}: "_reconstruct",
	{"numpy", "ndarray"}:                       "ndarray",
	{"numpy", "dtype"}:                         "dtype",
	{"_codecs", "encode"}:                      "encode",
}

// machine runs the opcodes of one pickle over a stack, as Python's does.
type machine struct {
	in    *input
	at    int64 // offset of the current opcode
	stack []value
	memo  map[uint32]value
	memos uint32 // how many values MEMOIZE has numbered
	lists Lists
	rows  int

	opened bool // the list of elements has begun
	built  bool // the array has received its elements
}

func (m *machine) run() error {
	m.memo = map[uint32]value{}
	op, err := m.in.byte()
	if err != nil {
		return err
	}
	if op != opProto {
		return errors.New("this is not a pickle of protocol 2 or later")
	}
	if version, err := m.in.byte(); err != nil {
		return err
	} else if version < 2 || version > 5 {
		return fmt.Errorf("pickle protocol %d, want 2 to 5", version)
	}
	for {
		m.at = m.in.offset
		op, err := m.in.byte()
		if err != nil {
			return err
		}
		if op == opStop {
			break
		}
		if err := m.step(op); err != nil {
			return err
		}
	}
	if len(m.stack) != 1 || m.stack[0].kind != kindArray || !m.built {
		return errors.New("the pickle does not hold one array of int lists")
	}
	return m.in.end()
}

func (m *machine) push(v value) error {
	if len(m.stack) == maxStack {
		return fmt.Errorf("more than %d values wait on the stack", maxStack)
	}
	m.stack = append(m.stack, v)
	return nil
}

func (m *machine) pop(want kind) (value, error) {
	if len(m.stack) == 0 {
		return value{}, fmt.Errorf("the stack is empty, want %v", want)
	}
	v := m.stack[len(m.stack)-1]
	if v.kind != want {
		return value{}, fmt.Errorf("found %v, want %v", v.kind, want)
	}
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

// popMark takes the values above the topmost mark, and the mark; they are valid
// until the next push.
func (m *machine) popMark() ([]value, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if m.stack[i].kind == kindMark {
			items := m.stack[i+1:]
			m.stack = m.stack[:i]
			return items, nil
		}
	}
	return nil, errors.New("no mark on the stack")
}

// tuple pushes a tuple of the given values, copied off the stack. Only small
// ones occur: the longest is a dtype's state of 8 or 9.
func (m *machine) tuple(items []value) error {
	if len(items) > 9 {
		return fmt.Errorf("a tuple of %d values, want at most 9", len(items))
	}
	for _, v := range items {
		switch v.kind {
		case kindArrays, kindList, kindMark:
			// the array's own state (version, shape, dtype, order, elements)
			// is the one tuple that holds a list
			if v.kind != kindArrays || len(items) != 5 {
				return fmt.Errorf("a tuple that holds %v", v.kind)
			}
		case kindTuple:
			for _, inner := range v.items {
				if inner.kind == kindTuple {
					return errors.New("tuples nested three deep")
				}
			}
		}
	}
	return m.push(value{kind: kindTuple, items: append([]value(nil), items...)})
}

// topTuple replaces the topmost n values by their tuple.
func (m *machine) topTuple(n int) error {
	if len(m.stack) < n {
		return fmt.Errorf("a tuple of %d values with %d on the stack", n, len(m.stack))
	}
	items := m.stack[len(m.stack)-n:]
	m.stack = m.stack[:len(m.stack)-n]
	return m.tuple(items)
}

func (m *machine) global(module, name string) error {
	g, ok := globals[[2]string{module, name}]
	if !ok {
		return fmt.Errorf("the file names %.64q in module %.64q; an array of int lists needs only numpy's own names", name, module)
	}
	return m.push(value{kind: kindGlobal, text: g})
}

// list begins the list of elements (the first time) or the next element.
func (m *machine) list() error {
	if !m.opened {
		m.opened = true
		return m.push(value{kind: kindArrays})
	}
	row := len(m.lists.Start)
	if row == m.rows {
		return fmt.Errorf("more lists than the array's %d elements", m.rows)
	}
	m.lists.Start = append(m.lists.Start, int32(len(m.lists.Values)))
	return m.push(value{kind: kindList, int: int64(row)})
}

// extend appends items to the list below them.
func (m *machine) extend(items []value) error {
	if len(m.stack) == 0 {
		return errors.New("the stack is empty, want a list")
	}
	switch to := m.stack[len(m.stack)-1]; to.kind {
	case kindArrays:
		for _, v := range items {
			if v.kind != kindList {
				return fmt.Errorf("the array has %v as an element, want lists of ints", v.kind)
			}
		}
	case kindList:
		// the flat form has no room to grow an earlier list
		if int(to.int) != len(m.lists.Start)-1 {
			return fmt.Errorf("list %d grows after list %d has begun", to.int, len(m.lists.Start)-1)
		}
		for _, v := range items {
			if v.kind != kindInt {
				return fmt.Errorf("list %d holds %v, want ints", to.int, v.kind)
			}
			if v.int < math.MinInt32 || v.int > math.MaxInt32 {
				return fmt.Errorf("list %d holds %d, which is no int32", to.int, v.int)
			}
			if len(m.lists.Values) == cap(m.lists.Values) {
				return errors.New("more values than the pickle's size allows: its lists lack the numbers that Python's pickler gives them")
			}
			m.lists.Values = append(m.lists.Values, int32(v.int))
		}
	default:
		return fmt.Errorf("found %v, want a list", to.kind)
	}
	return nil
}

// reduce stands for the three calls that an object array makes.
func (m *machine) reduce() error {
	args, err := m.pop(kindTuple)
	if err != nil {
		return err
	}
	f, err := m.pop(kindGlobal)
	if err != nil {
		return err
	}
	is := func(kinds ...kind) bool {
		if len(args.items) != len(kinds) {
			return false
		}
		for i, k := range kinds {
			if args.items[i].kind != k {
				return false
			}
		}
		return true
	}
	switch {
	case f.text == "encode" && is(kindText, kindText):
		return m.push(args.items[0])
	case f.text == "_reconstruct" && is(kindGlobal, kindTuple, kindText) && args.items[0].text == "ndarray":
		return m.push(value{kind: kindArray})
	case f.text == "dtype" && (is(kindText, kindBool, kindBool) || is(kindText, kindInt, kindInt)):
		// Python 2 writes the two flags as the ints 0 and 1
		if name := args.items[0].text; name != "O8" && name != "O" {
			return fmt.Errorf("an array of dtype %q, want objects", name)
		}
		return m.push(value{kind: kindDtype})
	}
	return fmt.Errorf("a call of %s with arguments that an array of int lists does not have", f.text)
}

// build gives a dtype or the array its state.
func (m *machine) build() error {
	state, err := m.pop(kindTuple)
	if err != nil {
		return err
	}
	if len(m.stack) == 0 {
		return errors.New("state without an object")
	}
	switch on := m.stack[len(m.stack)-1]; on.kind {
	case kindDtype:
		return nil // byte order and alignment do not matter to objects
	case kindArray:
		s := state.items
		if len(s) != 5 || s[0].kind != kindInt || s[1].kind != kindTuple || s[2].kind != kindDtype || s[4].kind != kindArrays {
			return errors.New("the state of the array is not (version, shape, dtype, order, elements)")
		}
		if shape := s[1].items; len(shape) != 1 || shape[0].kind != kindInt || shape[0].int != int64(m.rows) {
			return fmt.Errorf("the array's shape in the pickle is not (%d,), which its header says", m.rows)
		}
		if got := len(m.lists.Start); got != m.rows {
			return fmt.Errorf("the array holds %d lists, its shape says %d", got, m.rows)
		}
		m.built = true
		return nil
	default:
		return fmt.Errorf("found %v, want an array or its dtype", on.kind)
	}
}
