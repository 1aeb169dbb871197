// Shows that a cluster's names and services work.
module podwire.dev/test/cluster/probe

go 1.24
