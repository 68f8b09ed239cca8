package testvectors_test

import (
	"slices"
	"testing"
)

// A limitShown names the vectors that show a limit: one at it, and one beyond it.
type limitShown struct {
	file, at, beyond string
	// differs says that what is beyond is no refusal, but has another outcome.
	differs bool
}

// limitVectors shows the rows of SPEC.md, Limits.
var limitVectors = map[string][]limitShown{
	"body of a request": {{file: "request", at: "a request of 1024 bytes, the most there are", beyond: "a request of 1025 bytes"},
		{file: "codec", at: "a request of 1024 bytes, the most there are", beyond: "a request of 1025 bytes, one too many"}},
	"body of an authorization": {{file: "authorization", at: "an authorization of 16384 bytes, the most there are", beyond: "an authorization of 16385 bytes"},
		{file: "codec", at: "an authorization of 16384 bytes, the most there are", beyond: "an authorization of 16385 bytes, one too many"}},
	"body of a status report": {{file: "status", at: "a report of 1024 bytes, the most there are", beyond: "a report of 1025 bytes"},
		{file: "codec", at: "a status report of 1024 bytes, the most there are", beyond: "a status report of 1025 bytes, one too many"}},
	"body of a trust bundle": {{file: "trust", at: "614400 bytes, the most there are", beyond: "614401 bytes"},
		{file: "codec", at: "a trust bundle of 614400 bytes, the most there are", beyond: "a trust bundle of 614401 bytes, one too many"}},
	"trust root":                 {{file: "trust", at: "32768 bytes, the most there are", beyond: "32769 bytes"}},
	"trust roots in a bundle":    {{file: "trust", at: "1024 roots, none of which is one", beyond: "1025 roots", differs: true}},
	"signatures of a trust root": {{file: "trust", at: "8 signatures, the most there are", beyond: "9 signatures"}},
	"signature in a trust root":  {{file: "trust", at: "a signature of 4096 bytes of suite 2", beyond: "a signature of 4097 bytes"}},
	"issuer name":                {{file: "trust", at: "a name of 64 bytes", beyond: "65 bytes of name"}},
	"public key in a trust root": {{file: "trust", at: "a public key of 2048 bytes", beyond: "a public key of 2049 bytes of suite 3"}},
	"catalog, as written and in canonical form": {{file: "catalog", at: "262144 bytes as written, at most", beyond: "262144 bytes as written, one more"},
		{file: "catalog", at: "262144 bytes in canonical form, at most", beyond: "262144 bytes in canonical form, one more"}},
	"entitlements of a catalog, retired included": {{file: "catalog", at: "4096 entitlements, retired ones included", beyond: "4097 entitlements, retired ones included"}},
	"products of a catalog":                       {{file: "catalog", at: "4096 products", beyond: "4097 products"}},
	"terms of a catalog":                          {{file: "catalog", at: "24 terms, at most", beyond: "24 terms, one more"}},
	"days of evaluation, or of grace": {{file: "catalog", at: "366 days of evaluation, at most", beyond: "366 days of evaluation, one more"},
		{file: "catalog", at: "366 days of grace, at most", beyond: "366 days of grace, one more"}},
	"tiers on one another": {{file: "catalog", at: "16 tiers, at most", beyond: "16 tiers, one more"}},
	"tag":                  {{file: "catalog", at: "a tag of 48 characters, at most", beyond: "a tag of 48 characters, one more"}},
	"text of a catalog":    {{file: "catalog", at: "a text of 200 bytes, at most", beyond: "a text of 200 bytes, one more"}},
	"entitlement ID": {{file: "catalog", at: "ID 16383, at most", beyond: "ID 16383, one more"},
		{file: "authorization", at: "the export-controlled entitlement, with the flag", beyond: "entitlement 16384"}},
	"term": {{file: "catalog", at: "every term of months and years", beyond: `the term "121m"`}},
	"product ID": {{file: "request", at: "32 and 64 characters, the most there are", beyond: "33 characters of product ID"},
		{file: "catalog", at: "a product ID of 32 characters, at most", beyond: "a product ID of 32 characters, one more"}},
	"serial number":                  {{file: "request", at: "32 and 64 characters, the most there are", beyond: "65 characters of serial number"}},
	"grants of an authorization":     {{file: "authorization", at: "64 grants, the most there are", beyond: "65 grants"}},
	"count of a grant":               {{file: "authorization", at: "the largest count", beyond: "a count of 2147483648"}},
	"signatures of an authorization": {{file: "authorization", at: "eight, the most there are", beyond: "9 signatures"}},
	"extensions of a message": {{file: "authorization", at: "15 extensions, the most there are", beyond: ""},
		{file: "request", at: "15 extensions, the most there are", beyond: "16 extensions"}, {file: "status", at: "", beyond: "16 extensions"}},
	"data of an extension": {{file: "authorization", at: "an extension of 4096 bytes, the most there are", beyond: "an extension of 4097 bytes"}},
	"number of an authorization": {{file: "authorization", at: "floor 1023, number 1023", beyond: "number 1024"},
		{file: "status", at: "number 1023 is installed, the last", beyond: "number 1024 is installed"},
		{file: "books", at: "1022 is issued, floor 895, a report of floor 0", beyond: "1023 is issued, floor 1023, a report of floor 0"}},
	"position in the receipt chain": {{file: "receipt", at: "position 2047: everything through 1023 is dead", beyond: "the end of the chain, which is never shown"}},
	"number above the device's floor": {{file: "authorization", at: "floor 1, number 129", beyond: "floor 1, number 130"},
		{file: "books", at: "128 is issued, floor 1, a report of floor 0", beyond: "129 is issued, floor 1, a report of floor 0"}},
	"reach of a cancellation above the floor": {{file: "device", at: "a cancellation through 65", beyond: "a cancellation through 66: 65 numbers above the floor"}},
	"payload that is typed":                   {{file: "codec", at: "a body of 508 bytes, a payload of 512", beyond: "the shortest body without typed lines", differs: true}},
	"text that is searched for a code":        {{file: "codec", at: "the longest text that is read", beyond: "a text that is too long"}},
	"clock ahead of the latest day":           {{file: "device", at: "the clock is 30 days ahead", beyond: "the clock is 31 days ahead", differs: true}},
	"number of a journal entry, size and epoch of its tree": {{file: "journal", at: "the last number there is", beyond: "number 4294967296"},
		{file: "journal", at: "the last epoch and the largest size", beyond: "epoch 4294967296"}, {file: "journal", at: "", beyond: "4294967296 entries"}},
	"kind of a journal entry":                {{file: "journal", at: "a kind of 64 bytes", beyond: "65 bytes of kind"}},
	"actor of a journal entry":               {{file: "journal", at: "an actor of 256 bytes", beyond: "257 bytes of actor"}},
	"subject of a journal entry":             {{file: "journal", at: "a subject of 512 bytes", beyond: "513 bytes of subject"}},
	"body of a journal entry":                {{file: "journal", at: "a body of 1048576 bytes", beyond: "a body of 1048577 bytes"}},
	"objects and lists in one another in it": {{file: "journal", at: "10000 lists in one another", beyond: "10001 lists in one another"}},
	"checkpoint":                             {{file: "journal", at: "4096 bytes", beyond: "4097 bytes"}},
	"signature lines of a checkpoint":        {{file: "journal", at: "100 signature lines", beyond: "101 signature lines"}},
	"hashes of a proof":                      {{file: "journal", at: "32 hashes, the most there are", beyond: "33 hashes"}},
	"running time counted at once":           {{file: "device", at: "an hour has passed", beyond: "61 minutes have passed", differs: true}},
}

// noLimitVector are the limits that no vector shows, each with the reason.
var noLimitVector = map[string]string{
	"version of a trust root":          "1024 versions have half a mebibyte; one more is refused as version 1025 alone is, which is shown",
	"objects and lists in one another": "a catalog has no place for eight; nine are shown",
	"spellings of one text":            "no text is known that may mean more than three receipts",
	"durable record of a device":       "what the record looks like is the device's own affair",
}

// TestEveryLimitHasItsVectors compares the table of limits with the vectors at and beyond each.
func TestEveryLimitHasItsVectors(t *testing.T) {
	rows := specTable(t, "## Limits")
	var names []string
	for _, row := range rows {
		names = append(names, row[0])
		shown := limitVectors[row[0]]
		if (shown == nil) == (noLimitVector[row[0]] == "") {
			t.Errorf("%q: %d pairs of vectors, left out because %q", row[0], len(shown), noLimitVector[row[0]])
		}
		for _, l := range shown {
			l.check(t, row[0])
		}
	}
	if len(rows) != len(limitVectors)+len(noLimitVector) {
		t.Errorf("SPEC.md has %d limits %q, and %d are named here", len(rows), names, len(limitVectors)+len(noLimitVector))
	}
}

func (l limitShown) check(t *testing.T, limit string) {
	t.Helper()
	if l.at != "" && !slices.ContainsFunc(vectorsNamed(l.file, l.at), func(v *vector) bool { return l.differs || v.err == "" }) {
		t.Errorf("%s: %s.json does not show %q", limit, l.file, l.at)
	}
	if l.beyond != "" && !slices.ContainsFunc(vectorsNamed(l.file, l.beyond), func(v *vector) bool { return l.differs || v.err != "" }) {
		t.Errorf("%s: %s.json does not show %q refused", limit, l.file, l.beyond)
	}
}
