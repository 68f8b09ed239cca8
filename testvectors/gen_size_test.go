package testvectors_test

import "fmt"

// Messages as long as they may be, and a byte longer: extensions fill them.

// filling returns extensions of so many bytes in all, each with at most so much data.
func filling(size, most int) (list []extensionForm) {
	for kind := 1; size > 0; kind++ {
		data := min(most, size-2)
		for e := 1 + len(uv(data)) + data; e > size || e == size-1; e = 1 + len(uv(data)) + data {
			data--
		}
		list = append(list, extensionForm{kind, zeros(data)})
		size -= 1 + len(uv(data)) + data
	}
	return list
}

// sizes calls add for the largest size and for one byte more.
func sizes(what string, most int, add func(comment string, size int, fits bool)) {
	add(fmt.Sprintf("%s of %d bytes, the most there are", what, most), most, true)
	add(fmt.Sprintf("%s of %d bytes", what, most+1), most+1, false)
}

func requestSizeGroup() *vectorGroup {
	g := &vectorGroup{name: "The size of a request", operation: "request"}
	sizes("a request", 1024, func(comment string, size int, fits bool) {
		q := exampleRequest()
		list := filling(size-len(q.body()), 120)
		q.extensions = cat(len(list), extensionBytes(list))
		if body := q.body(); fits {
			g.body(comment, "Limit", body, q.output(list))
		} else {
			g.bad(comment, "Limit", body, "code-malformed")
			g.bad(comment+", of version 2", "Limit Order", cat(0x21, body[1:]), "code-malformed")
		}
	})
	return g
}

func statusSizeGroup() *vectorGroup {
	d := exampleDevice()
	g := newStatusGroup("The size of a report", d)
	sizes("a report", 1024, func(comment string, size int, fits bool) {
		s := firstStatus(d)
		list := filling(size-len(s.signed(d)), 1000)
		s.extensions = cat(len(list), extensionBytes(list))
		if body := s.signed(d); fits {
			g.body(comment, "Limit", body, s.output())
		} else {
			g.bad(comment, "Limit", body, "code-malformed")
			g.bad(comment+", with another kind in its header", "Limit Order", cat(0x11, body[1:]), "code-malformed")
		}
	})
	return g
}

func authorizationSizeGroup() *vectorGroup {
	m := newAuthorizationMaker("The size of an authorization", newWorld(firstRoot().by(1)))
	sizes("an authorization", 16384, func(comment string, size int, fits bool) {
		a := m.world.wish()
		a.extensions = filling(size-len(m.world.body(a)), 4096)
		if body := m.world.body(a); fits {
			m.valid(comment, "Limit", fields{{"body", hexed(body)}}, m.world.output(a, false))
		} else {
			m.bad(comment, "Limit", body, "code-malformed")
			m.bad(comment+", with an unknown flag", "Limit Order", cat(body[0], 0x80, body[2:]), "code-malformed")
		}
	})
	return m.vectorGroup
}
