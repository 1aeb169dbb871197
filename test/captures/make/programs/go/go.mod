module podwire.dev/captures

go 1.24
