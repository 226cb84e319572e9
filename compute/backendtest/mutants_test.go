package backendtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/glearn-go/glearn/compute"
)

// mutant is a broken backend: the reference one with some of its answers bent.
// A nil field bends nothing.
type mutant struct {
	*reference
	kernel    func(k compute.Kernel) compute.Kernel // runs this instead; nil runs nothing
	newBuffer func(r *reference, words int) (compute.Buffer, error)
	write     func(r *reference, dst compute.View, words []uint32)
	read      func(r *reference, words []uint32, src compute.View) error
	sync      func(r *reference) error
	close     func(r *reference) error
	replay    func(rec compute.Recording, times int)
	record    func(r *reference, kernels []compute.Kernel) (compute.Recording, error)
}

func (m *mutant) bend(k compute.Kernel) compute.Kernel {
	if m.kernel == nil {
		return k
	}
	return m.kernel(k)
}

func (m *mutant) Run(k compute.Kernel) {
	if k = m.bend(k); k != nil {
		m.reference.Run(k)
	}
}

func (m *mutant) Record(kernels []compute.Kernel) (compute.Recording, error) {
	var bent []compute.Kernel
	for _, k := range kernels {
		if k = m.bend(k); k != nil {
			bent = append(bent, k)
		}
	}
	record := (*reference).Record
	if m.record != nil {
		record = m.record
	}
	r, err := record(m.reference, bent)
	if err != nil || m.replay == nil {
		return r, err
	}
	return bentRecording{r, m.replay}, nil
}

type bentRecording struct {
	compute.Recording
	replay func(rec compute.Recording, times int)
}

func (r bentRecording) Replay(times int) { r.replay(r.Recording, times) }

func (m *mutant) NewBuffer(words int) (compute.Buffer, error) {
	if m.newBuffer != nil {
		return m.newBuffer(m.reference, words)
	}
	return m.reference.NewBuffer(words)
}

func (m *mutant) Write(dst compute.View, words []uint32) {
	if m.write != nil {
		m.write(m.reference, dst, words)
		return
	}
	m.reference.Write(dst, words)
}

func (m *mutant) Read(words []uint32, src compute.View) error {
	if m.read != nil {
		return m.read(m.reference, words, src)
	}
	return m.reference.Read(words, src)
}

func (m *mutant) Sync() error {
	if m.sync != nil {
		return m.sync(m.reference)
	}
	return m.reference.Sync()
}

func (m *mutant) Close() error {
	if m.close != nil {
		return m.close(m.reference)
	}
	return m.reference.Close()
}

// bent is a mutation of one kind of kernel: change gets a copy of each.
func bent[K any, P interface {
	*K
	compute.Kernel
}](change func(k P)) func() *mutant {
	return func() *mutant {
		return &mutant{kernel: func(k compute.Kernel) compute.Kernel {
			p, ok := k.(P)
			if !ok {
				return k
			}
			c := *p
			change(P(&c))
			return P(&c)
		}}
	}
}

// kill runs the groups of that name on a mutant and returns the first failure.
func kill(t *testing.T, names string, open func() *mutant) string {
	t.Helper()
	var chosen []group
	for _, g := range groups {
		if slices.Contains(strings.Fields(names), g.name) {
			chosen = append(chosen, g)
		}
	}
	if len(chosen) != len(strings.Fields(names)) {
		t.Fatalf("no groups %q", names)
	}
	r := &recorder{}
	suite{short: true, open: func() (compute.Backend, error) {
		m := open()
		m.reference = &reference{}
		return m, nil
	}}.run(r, chosen)
	if len(r.failures) == 0 {
		return ""
	}
	return r.failures[0]
}

// TestMutants: each broken backend fails the group that is named with it.
func TestMutants(t *testing.T) {
	for _, list := range [][]mutation{productMutants, elementMutants, rowMutants, deviceMutants} {
		for _, m := range list {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				failure := kill(t, m.group, m.open)
				if failure == "" {
					t.Errorf("%s: a backend that %s passes", m.group, m.name)
				}
				t.Log(strings.SplitN(failure, "\n", 2)[0])
			})
		}
	}
}

// mutation is a way to be broken, and the groups that find it.
type mutation struct {
	name, group string
	open        func() *mutant
}

// TestEveryGroupKills: no group is without a mutant that it alone must find.
func TestEveryGroupKills(t *testing.T) {
	used := map[string]bool{}
	for _, m := range slices.Concat(productMutants, elementMutants, rowMutants, deviceMutants) {
		used[m.group] = true
	}
	for _, g := range groups {
		if !used[g.name] {
			t.Errorf("no mutant is meant for %s", g.name)
		}
	}
}

// rewrite is e with every instruction of the given op replaced by what build
// makes of its operands.
func rewrite(e *compute.Expr, op compute.Op, build func(b *compute.Builder, in compute.Instr, args []compute.Value) compute.Value) *compute.Expr {
	b := compute.NewBuilder(e.Inputs...)
	values := make([]compute.Value, len(e.Code))
	for i, in := range e.Code {
		var args []compute.Value
		for _, a := range in.Args[:in.Op.Arity()] {
			args = append(args, values[a])
		}
		switch {
		case in.Op == op:
			values[i] = build(b, in, args)
		case in.Op == compute.OpInput:
			values[i] = b.Input(in.N)
		case in.Op == compute.OpConst && in.Type == compute.Float:
			values[i] = b.Float(in.Const)
		case in.Op == compute.OpConst && in.Type == compute.Int:
			values[i] = b.Int(int32(in.N))
		case in.Op == compute.OpConst:
			values[i] = b.Bool(in.N != 0)
		case in.Op == compute.OpRandom:
			values[i] = b.Random(args[0], args[1], int32(in.N))
		default:
			values[i] = b.Apply(in.Op, args...)
		}
	}
	var out []compute.Value
	for _, at := range e.Outputs {
		out = append(out, values[at])
	}
	return b.MustBuild(out...)
}

func TestRewrite(t *testing.T) {
	e := gated()
	if same := rewrite(e, compute.OpErf, nil); same.Key() != e.Key() {
		t.Errorf("rewriting nothing gives %v, want %v", same, e)
	}
	doubled := rewrite(compute.Unary(compute.OpNeg), compute.OpNeg, func(b *compute.Builder, _ compute.Instr, args []compute.Value) compute.Value {
		return b.Apply(compute.OpAdd, args[0], args[0])
	})
	if got := doubled.Eval([]float64{3}, 0)[0]; got != 6 {
		t.Errorf("%v of 3 is %g, want 6", doubled, got)
	}
}
