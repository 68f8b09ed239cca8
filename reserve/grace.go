package reserve

import "time"

// SignerGrace returns the running time for which what is installed stays although a key that signed
// it was compromised: 0 once that is over. compromised is false where there is no such grace.
func SignerGrace(i Instance) (left time.Duration, compromised bool) {
	r := i.common()
	return max(0, r.revalidate-r.ran), r.revalidate > 0
}
