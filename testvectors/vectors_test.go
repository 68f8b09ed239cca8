package testvectors_test

import (
	"flag"
	"os"
	"sync"
	"testing"
)

//go:generate go test -run AreCurrent$ . -update

var update = flag.Bool("update", false, "write the vector files anew")

// vectorFiles makes every JSON file of vectors, once.
var vectorFiles = sync.OnceValue(func() []*vectorFile {
	return []*vectorFile{codecVectors(), requestVectors(), authorizationVectors(),
		receiptVectors(), statusVectors(), deviceVectors(), booksVectors(), trustVectors(), catalogVectors(), journalVectors()}
})

// TestVectorsAreCurrent compares the committed files with what the generator makes, byte for byte.
func TestVectorsAreCurrent(t *testing.T) {
	for _, f := range vectorFiles() {
		checkFlags(t, f)
		compareFile(t, f.name+".json", f.encode())
	}
}

func compareFile(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
	} else if string(got) != want {
		t.Errorf("%s is not what the generator makes; go generate ./testvectors writes it anew", name)
	}
}
