package testvectors

import "embed"

// Vectors holds the files of vectors, NAME.json, and the texts as they arrive, paste/NN-name.txt.
// Only tests read it, so no program carries it.
//
//go:embed *.json paste/*.txt
var Vectors embed.FS
