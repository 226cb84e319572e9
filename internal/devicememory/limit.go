// Package devicememory reads how much of a device's memory may be filled.
package devicememory

import (
	"fmt"
	"os"
	"strconv"
)

// Variable is the environment's name for a lower limit than what the device
// has: bytes, or a number followed by K, M or G.
const Variable = "GLEARN_DEVICE_MEMORY"

// Limit is the number of bytes that the environment allows, or found where it
// does not say.
func Limit(found int64) (int64, error) {
	text := os.Getenv(Variable)
	if text == "" {
		return found, nil
	}
	number, unit := text, int64(1)
	switch text[len(text)-1] {
	case 'k', 'K':
		unit = 1 << 10
	case 'm', 'M':
		unit = 1 << 20
	case 'g', 'G':
		unit = 1 << 30
	}
	if unit > 1 {
		number = text[:len(text)-1]
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%s is %q, want a number of bytes, or one followed by K, M or G", Variable, text)
	}
	return n * unit, nil
}
