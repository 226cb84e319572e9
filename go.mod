module github.com/glearn-go/glearn

go 1.26
