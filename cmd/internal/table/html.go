package table

import "bufio"

func writeHTML(w *bufio.Writer, d Document) error { return nil }
