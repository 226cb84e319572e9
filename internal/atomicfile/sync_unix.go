//go:build unix

package atomicfile

import (
	"os"
	"sync"
	"syscall"
)

// syncFolder makes a rename inside the folder last.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// umask is which rights the process takes from new files. It can only be read
// by setting it.
var umask = sync.OnceValue(func() os.FileMode {
	mask := syscall.Umask(0o077)
	syscall.Umask(mask)
	return os.FileMode(mask)
})
