package issuer

import (
	"fmt"
	"strings"
	"testing"

	"tallystick/reserve"
)

func TestParseLicenses(t *testing.T) {
	const head = "account,entitlement,quantity,unlimited,term,start,end,perpetual,coterm,order\n"
	for _, c := range []struct{ name, text, want string }{
		{"every way to end", head +
			"acme,a,5,,3y,2027-01-01,,,,PO-1\nacme,a,6,,,,2029-11-21,,,\nacme/b,a,7,,,,,yes,,\nacme,a,,x,,,,,true,\n",
			"2:acme a 5 from 2027-01-01 for 3y PO-1|3:acme a 6 to 2029-11-21|4:acme/b a 7|5:acme a unlimited coterm"},
		{"columns in another order, some left out", "Order , QUANTITY,account,entitlement,perpetual\n PO 7 ,1, acme ,a, yes \n", "2:acme a 1 PO 7"},
		{"byte order mark, semicolons, Windows lines, quotes", "\ufeffaccount;entitlement;quantity;perpetual;order\r\nacme;a;1;yes;\"PO;\"\"7\"\"\"\r\n",
			`2:acme a 1 PO;"7"`},
		{"tabs, an empty line", "account\tentitlement\tquantity\tperpetual\n\nacme\ta\t1\tyes\n", "3:acme a 1"},
		{"a cell over two lines counts its lines", "account,entitlement,quantity,perpetual,order\nacme,a,1,yes,\"x\ny\"\nacme,a,1,maybe,\n",
			"2:acme a 1 x\ny|line 4, perpetual: \"maybe\": expected yes or no"},
		{"wrong cells", head + "Acme,a,5,,,,,yes,,\nacme,a,0,,,,,yes,,\nacme,a,1e3,,,,,yes,,\nacme,a,5,,3w,,,,,\nacme,a,5,,,31.12.2027,,yes,,\nacme,a,5,,,,never,,,\n",
			"line 2, account: account \"Acme\"|line 3, quantity: quantity \"0\"|line 4, quantity: quantity \"1e3\"|line 5, term: term \"3w\"|" +
				"line 6, start: \"31.12.2027\" is not a date|line 7, end: \"never\" is not a date"},
		{"wrong lines", head + "acme,a,5\nacme,a,5,,,,,,,\nacme,a,5,,1y,,,yes,,\nacme,a,,,,,,yes,,\nacme,a,5,yes,,,,yes,,\nacme,a,5,,,,,yes,," + strings.Repeat("x", 301) + "\n",
			"line 2: it has 3 cells, the first line 10|line 3: give one of term|line 4: give one of term|line 5: give one of quantity|" +
				"line 6: give one of quantity|line 7, order: 301 bytes"},
		{"a quote that stands alone ends the reading", head + "acme,a,5,,,,,yes,,\nacme,a,5,,,,,yes,,PO\"7\nacme,a,5,,,,,yes,,\n",
			"2:acme a 5|line 3: bare \" in non-quoted-field"},
		{"nothing", "", "refused: the file has no first line that names its columns: it is empty"},
		{"no rows", head, "refused: the file has no rows"},
		{"a column twice", "account,entitlement,account\n", "refused: column \"account\" is unknown or named twice"},
		{"an unknown column", "account,entitlement,amount\n", "refused: column \"amount\" is unknown"},
		{"a column that is needed", "account,quantity,perpetual\n", "refused: the first line names no column \"entitlement\""},
		{"Latin-1", "account,entitlement,order\nacme,a,\xe4\n", "refused: the file is not text in UTF-8"},
		{"UTF-16", "\xff\xfea\x00", "refused: the file is not text in UTF-8"},
		{"too many rows", "account,entitlement,quantity,perpetual\n" + strings.Repeat("acme,a,1,yes\n", MaxLicenseRows+1), "refused: more than 10000 rows"},
		{"too large", strings.Repeat(" ", MaxLicenseFile+1), "refused: a file of 4194305 bytes"},
	} {
		got := parsedLicenses([]byte(c.text))
		wants, gots := strings.Split(c.want, "|"), strings.Split(got, "|")
		same := len(wants) == len(gots)
		for i := range min(len(wants), len(gots)) {
			same = same && strings.HasPrefix(gots[i], wants[i])
		}
		if !same {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// parsedLicenses writes what a file of licenses comes to.
func parsedLicenses(data []byte) string {
	rows, wrong, err := ParseLicenses(data)
	if err != nil {
		if !isRefusal(err) {
			return "not refused: " + err.Error()
		}
		return "refused: " + err.Error()
	}
	var out []string
	for _, r := range rows {
		p := r.Purchase
		text := fmt.Sprintf("%d:%s %s", r.Line, p.Account, p.Entitlement)
		if p.Unlimited {
			text += " unlimited"
		} else {
			text += fmt.Sprint(" ", p.Quantity)
		}
		for _, word := range []struct {
			on   bool
			text string
		}{{p.Starts != 0, " from " + p.Starts.String()}, {p.Term != nil, " for " + termText(p.Term)}, {p.Ends != 0, " to " + p.Ends.String()},
			{p.Coterm, " coterm"}, {p.Order != "", " " + p.Order}} {
			if word.on {
				text += word.text
			}
		}
		out = append(out, text)
	}
	for _, e := range wrong {
		out = append(out, e.Error())
	}
	return strings.Join(out, "|")
}

func termText(t *reserve.Term) string {
	if t == nil {
		return ""
	}
	return t.String()
}

func FuzzParseLicenses(f *testing.F) {
	for _, text := range []string{
		"account,entitlement,quantity,term,order\nacme/plant-7,dna-advantage,5,3y,PO-1\n",
		"\ufeffaccount;entitlement;unlimited;coterm\r\nacme;ports;yes;x\r\n",
		"account,entitlement,quantity,perpetual\nacme,\"a\nb\",0,maybe\n\"",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, wrong, err := ParseLicenses(data)
		if err != nil {
			if !isRefusal(err) || rows != nil || wrong != nil {
				t.Fatalf("%d rows, %d errors, %v", len(rows), len(wrong), err)
			}
			return
		}
		if len(rows)+len(wrong) == 0 {
			t.Fatal("neither a row nor an error")
		}
		last := 1
		for _, r := range rows {
			p := r.Purchase
			if r.Line <= last || p.Account.IsZero() || p.Unlimited == (p.Quantity > 0) || p.Term != nil && (p.Ends != 0 || p.Coterm) {
				t.Fatalf("line %d after line %d: %+v", r.Line, last, p)
			}
			last = r.Line
		}
	})
}
