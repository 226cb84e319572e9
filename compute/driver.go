package compute

import (
	"fmt"
	"sort"
	"sync"
)

// Driver opens one kind of device. Backends register theirs in an init
// function, and a program chooses by blank import, as with database/sql.
type Driver struct {
	Name string
	// Open opens the best device of this kind; it wraps ErrNoDevice when there
	// is none it can use.
	Open func() (Backend, error)
	// Rank orders the drivers that "auto" tries: the highest first.
	Rank int
}

var drivers struct {
	sync.Mutex
	byName map[string]Driver
}

// Register makes a driver known. A second one of the same name is a mistake of
// the program and panics.
func Register(d Driver) {
	drivers.Lock()
	defer drivers.Unlock()
	if drivers.byName == nil {
		drivers.byName = map[string]Driver{}
	}
	if _, dup := drivers.byName[d.Name]; dup {
		panic("compute: driver " + d.Name + " registered twice")
	}
	drivers.byName[d.Name] = d
}

// Drivers lists the registered drivers, the highest rank first.
func Drivers() []Driver {
	drivers.Lock()
	defer drivers.Unlock()
	var all []Driver
	for _, d := range drivers.byName {
		all = append(all, d)
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Rank != all[j].Rank {
			return all[i].Rank > all[j].Rank
		}
		return all[i].Name < all[j].Name
	})
	return all
}

// Open opens a device by its driver's name.
func Open(name string) (Backend, error) {
	var known []string
	for _, d := range Drivers() {
		if d.Name == name {
			return d.Open()
		}
		known = append(known, d.Name)
	}
	return nil, fmt.Errorf("compute: no driver %q; this program has %v (a driver is added by importing its package): %w", name, known, ErrNoDevice)
}
