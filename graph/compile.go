package graph

import (
	"fmt"
	"strings"

	"github.com/glearn-go/glearn/compute"
)

// Program is a graph made ready for a device: kernels in order, over variables
// and an arena for what they hand to each other.
type Program struct {
	backend   compute.Backend
	kernels   []compute.Kernel
	labels    []string // what each kernel computes
	views     map[*Tensor]compute.View
	arena     compute.Buffer
	recording compute.Recording
}

// Compile plans what the graph's assignments and outputs need, and records it.
// All variables must be bound. The program belongs to the caller, who releases
// it before the device is closed.
func Compile(b compute.Backend, g *Graph) (*Program, error) {
	if g.err != nil {
		return nil, g.err
	}
	c := &compiler{g: g, users: map[*Tensor][]*Tensor{}, unitOf: map[*Tensor]*unit{}, copies: map[*Tensor]*Tensor{},
		places: map[*Tensor]compute.View{}, placed: map[*Tensor]bool{}, parts: map[*Tensor][]*Tensor{}}
	c.findLive()
	if err := c.checkBound(); err != nil {
		return nil, err
	}
	c.makeUnits()
	c.settle()
	c.fuse()
	c.placeAssigns()
	c.settle()
	c.sortUnits()
	slots, words := c.planMemory()
	p := &Program{backend: b, views: map[*Tensor]compute.View{}}
	arena, err := b.NewBuffer(max(words, 1))
	if err != nil {
		return nil, fmt.Errorf("graph: arena of %d words for intermediate results: %w", words, err)
	}
	p.arena = arena
	for _, s := range slots {
		c.places[s.node] = compute.View{Buffer: arena, Offset: s.offset, Len: s.node.Size()}
	}
	if err := p.emit(c); err != nil {
		p.arena.Release()
		return nil, err
	}
	return p, nil
}

// settle makes the copies that operands need, until no more are.
func (c *compiler) settle() {
	for _, o := range c.g.outputs {
		c.output(o)
	}
	for i := 0; i < len(c.units); i++ {
		c.operands(c.units[i])
	}
}

func (c *compiler) checkBound() error {
	for _, t := range c.live {
		var vs []*Variable
		if t.variable != nil {
			vs = append(vs, t.variable)
		}
		if t.sparse != nil {
			vs = append(vs, t.sparse.variables()...)
		}
		for _, v := range vs {
			if v.view.Empty() {
				return fmt.Errorf("graph: variable %q of shape %v has no storage; bind or allocate it before Compile", v.name, v.shape)
			}
		}
	}
	return nil
}

func (p *Program) emit(c *compiler) error {
	for _, u := range c.units {
		ks, err := c.lower(u)
		if err != nil {
			return fmt.Errorf("graph: compiling %s: %w", c.label(u), err)
		}
		for _, k := range ks {
			if err := k.Check(); err != nil {
				return fmt.Errorf("graph: compiling %s: %w", c.label(u), err)
			}
			p.kernels = append(p.kernels, k)
			p.labels = append(p.labels, c.label(u))
		}
	}
	for _, o := range c.g.outputs {
		p.views[o] = c.window(c.output(o), o.shape)
	}
	var err error
	p.recording, err = p.backend.Record(p.kernels)
	return err
}

// label names what a unit computes.
func (c *compiler) label(u *unit) string {
	if u.main != nil {
		return u.main.String()
	}
	return u.elems[len(u.elems)-1].String()
}

// Run enqueues the program, times times over. It allocates nothing.
func (p *Program) Run(times int) { p.recording.Replay(times) }

// Launches is how many programs the device starts for a run, and how often it
// waits between them; 0 on a device that does not count.
func (p *Program) Launches() (programs, waits int) {
	if l, ok := p.recording.(compute.Launcher); ok {
		return l.Launches()
	}
	return 0, 0
}

// View is where an output stands after a run. Truth values are floats there.
func (p *Program) View(t *Tensor) compute.View { return p.views[t] }

// Kernels lists what runs, in order. Do not change it.
func (p *Program) Kernels() []compute.Kernel { return p.kernels }

// ArenaBytes is the memory for intermediate results.
func (p *Program) ArenaBytes() int { return 4 * p.arena.Len() }

// String lists the kernels, one a line, each with the tensor it computes.
func (p *Program) String() string {
	var b strings.Builder
	for i, k := range p.kernels {
		fmt.Fprintf(&b, "%3d  %s\n       -> %s\n", i, k, p.labels[i])
	}
	fmt.Fprintf(&b, "arena: %d bytes\n", p.ArenaBytes())
	return b.String()
}

// Release frees the program after the work enqueued from it.
func (p *Program) Release() {
	p.recording.Release()
	p.arena.Release()
}
