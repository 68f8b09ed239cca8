//go:build !linux

package cmd_test

import "testing"

func TestFullDisk(t *testing.T) {
	t.Log("NOT TESTED: a full disk is made on Linux only; TestFilesMayNotGrow comes next to it")
}

func TestReadOnlyDisk(t *testing.T) {
	t.Log("NOT TESTED: a disk that can only be read is made on Linux only")
}
