package losses

// Domain is which numbers the targets of a loss may be.
type Domain uint8

// The domains.
const (
	Numbers       Domain = iota // any finite number
	Probabilities               // 0 to 1: one-hot rows, yes and no, shares
	ClassNumbers                // whole numbers from 0 to the number of classes, less 1
)

// Bounded is a Loss that not all targets make sense for.
type Bounded interface {
	Domain() Domain
}

// DomainOf is the domain of l's targets; Numbers if it is not Bounded.
func DomainOf(l Loss) Domain {
	if b, ok := l.(Bounded); ok {
		return b.Domain()
	}
	return Numbers
}

// Domain of the targets is 0 to 1.
func (BinaryCrossentropy) Domain() Domain { return Probabilities }

// Domain of the targets is 0 to 1.
func (BinaryFocalCrossentropy) Domain() Domain { return Probabilities }

// Domain of the targets is 0 to 1.
func (CategoricalCrossentropy) Domain() Domain { return Probabilities }

// Domain of the targets is 0 to 1.
func (CategoricalFocalCrossentropy) Domain() Domain { return Probabilities }

// Domain of the targets is class numbers.
func (SparseCategoricalCrossentropy) Domain() Domain { return ClassNumbers }
