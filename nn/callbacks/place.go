package callbacks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/glearn-go/glearn/nn"
)

// place is a number in the path of a checkpoint: its name and, after a colon, how
// it is written, in Python's words as in Keras.
var place = regexp.MustCompile(`\{([^{}:]+)(?::([^{}]*))?\}`)

// The ways to write an epoch and a result.
var (
	wholeFormat = regexp.MustCompile(`^(0?[1-9]?[0-9])?d$`)
	floatFormat = regexp.MustCompile(`^(0?[1-9]?[0-9])?(\.[0-9])?[ef]$`)
)

const epochName = "epoch"

// hasEpoch is true where every epoch has a path of its own.
func hasEpoch(path string) bool {
	return slices.ContainsFunc(place.FindAllStringSubmatch(path, -1), func(p []string) bool { return p[1] == epochName })
}

// checkPlaces says which place in a path cannot be filled.
func checkPlaces(path string) error {
	for _, p := range place.FindAllStringSubmatch(path, -1) {
		format := floatFormat
		if p[1] == epochName {
			format = wholeFormat
		}
		if strings.Contains(p[0], ":") && !format.MatchString(p[2]) {
			return fmt.Errorf("its Path has %s; want {epoch}, {epoch:04d}, or a result such as {val_loss:.4f}", p[0])
		}
	}
	if rest := place.ReplaceAllString(path, ""); strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("its Path is %q: a brace in it has no counterpart or nothing inside", path)
	}
	return nil
}

// fillPlaces puts the epoch, counted from 1, and results into a path that
// checkPlaces accepts.
func fillPlaces(path string, epoch int, r *nn.Results) (filled string, err error) {
	filled = place.ReplaceAllStringFunc(path, func(text string) string {
		p := place.FindStringSubmatch(text)
		format := p[2]
		if p[1] == epochName {
			if format == "" {
				format = "02d"
			}
			return fmt.Sprintf("%"+format, epoch)
		}
		if !r.Has(p[1]) {
			err = fmt.Errorf("its Path has %s, there is no %q among the results %q", text, p[1], r.Names())
		}
		if format == "" {
			format = ".4f"
		}
		return fmt.Sprintf("%"+format, r.Get(p[1]))
	})
	return filled, err
}
