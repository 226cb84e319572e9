package backendtest

import (
	"testing"

	"github.com/glearn-go/glearn/compute"
)

func openReference() (compute.Backend, error) { return Reference(), nil }

func TestReference(t *testing.T) { Run(t, openReference) }
