//go:build !unix

package atomicfile

import "os"

// syncFolder does nothing: the system keeps renames in order by itself, and
// folders cannot be synced.
func syncFolder(string) error { return nil }

func umask() os.FileMode { return 0 }
