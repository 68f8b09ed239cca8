package issuer

import "testing"

func FuzzParseOptionKeys(f *testing.F) {
	f.Add([]byte("device,index,option,entitlement\nC9300-24T:FCW0000KEY1,1,PORTS-8,ports\n"))
	f.Add([]byte("\ufeffdevice;index;option;not-eligible\nX:Y;65535;\"a\nb\";demo\n"))
	f.Add([]byte("index,device\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, wrong, err := ParseOptionKeys(data)
		if err == nil && len(list)+len(wrong) == 0 {
			t.Error("a file without rows was read")
		}
		for _, k := range list {
			if k.UDI.String() == "" || k.Option == "" || k.Quantity == 0 || (k.Tag == "" && k.Ineligible == "") {
				t.Errorf("read %+v", k)
			}
		}
	})
}

// TestOptionKeyRowNamesTheFirst: what is told of a row with several mistakes is the same each time.
func TestOptionKeyRowNamesTheFirst(t *testing.T) {
	for range 50 {
		_, wrong, err := ParseOptionKeys([]byte("end,count,index,device,option\nnever,none,no,nobody,PORTS-8\n"))
		if err != nil || len(wrong) != 1 || wrong[0].Column != "device" {
			t.Fatalf("told %+v, %v", wrong, err)
		}
	}
}
