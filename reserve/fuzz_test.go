package reserve

import (
	"bytes"
	"testing"

	"tallystick/codec"
)

// samples are good messages of every kind, the seeds of the fuzz targets.
func samples(t *testing.T) (is issuer, dev Unreserved, byKind map[uint16][][]byte) {
	is = newTestIssuer(t, "Example", false)
	dev = testDevice(t, is, "A1")
	a := is.authorize(t, dev.Identity(), 1, grants(testToday+900)...)
	held, _, err := Install(dev, a.Body(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	_, empty := Report(dev)
	_, status := Report(held)
	return is, dev, map[uint16][][]byte{
		RequestKind.Number:       {dev.Request().Body()},
		AuthorizationKind.Number: {a.Body(), is.authorize(t, dev.Identity(), 2).Body()},
		ReceiptKind.Number:       {dev.Receipt().Body(), held.Receipt().Body()},
		StatusKind.Number:        {empty.Body(), status.Body()},
		BundleKind.Number:        {is.trust.Body()},
	}
}

// FuzzInspect feeds every parser: none panics, and what one accepts it accepts again from its own
// encoding, byte for byte.
func FuzzInspect(f *testing.F) {
	is, dev, byKind := samples(&testing.T{})
	seeds := 0
	for number, bodies := range byKind {
		for _, body := range bodies {
			f.Add(uint8(number), body)
			seeds++
		}
	}
	if seeds < 8 {
		f.Fatal("the seeds are gone")
	}
	byNumber := map[uint8]codec.Kind{}
	for _, k := range Kinds() {
		byNumber[uint8(k.Number)] = k
	}
	f.Fuzz(func(t *testing.T, number uint8, body []byte) {
		kind, ok := byNumber[number]
		if !ok || len(body) > kind.Max {
			return
		}
		x, err := Inspect(kind, body, is.trust, dev.Identity())
		if err != nil {
			return
		}
		if x.Verified == (x.Finding != nil) {
			t.Fatalf("verified %v with finding %v", x.Verified, x.Finding)
		}
		if again := encodedAgain(t, kind, body); again != nil && !bytes.Equal(again, body) {
			t.Fatalf("two encodings of one %s:\n%x\n%x", kind.Name, body, again)
		}
	})
}

func encodedAgain(t *testing.T, kind codec.Kind, body []byte) []byte {
	switch kind.Number {
	case RequestKind.Number:
		q, err := ParseRequest(body)
		if err != nil {
			t.Fatal(err)
		}
		if body[len(body)-1] != 0 { // extensions, which newRequest never writes
			return nil
		}
		return newRequest(q.identity, q.rootVersion, q.catalogVersion).Body()
	case AuthorizationKind.Number:
		u, err := ParseAuthorization(body)
		if err != nil {
			t.Fatal(err)
		}
		w := codec.NewWriter()
		w.Raw(u.terms.encode(len(u.signatures)))
		for _, s := range u.signatures {
			w.U8(s.index)
			w.Raw(s.value)
		}
		return w.Finish()
	case ReceiptKind.Number:
		r, err := ParseReceipt(body)
		if err != nil {
			t.Fatal(err)
		}
		return r.Body()
	case BundleKind.Number:
		b, err := OpenTrust(body)
		if err != nil {
			t.Fatal(err)
		}
		return b.Body()
	}
	return nil
}

// FuzzParseInstance feeds the durable record of a device.
func FuzzParseInstance(f *testing.F) {
	t := &testing.T{}
	is := newTestIssuer(t, "Example", false)
	dev := testDevice(t, is, "A1")
	held, _, err := Install(dev, is.authorize(t, dev.Identity(), 1, grants(0)...).Body(), testNow)
	if err != nil {
		f.Fatal(err)
	}
	reported, _ := Report(held)
	for _, i := range []Instance{dev, held, reported, held.Return()} {
		f.Add(Encode(i))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > MaxRecordSize {
			return
		}
		if i, err := ParseInstance(data); err == nil && !bytes.Equal(Encode(i), data) {
			t.Fatal("two encodings of one record")
		}
	})
}
