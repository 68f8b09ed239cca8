package codec

import (
	"fmt"
	"strings"
	"testing"
)

// What stands on a console between the lines of a code.
var noise = []string{
	"*Mar  1 00:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up",
	"Nov 22 08:35:01 host kernel: [12345.678901] eth0: link up, 1000 Mbps",
	"2029-11-21T08:35:01.123456+00:00 core-7 sshd[4242]: session closed for user root",
	"Router#show clock",
	"08:35:01.123 UTC Thu Nov 22 2029",
	"<189>142: *Nov 22 08:35:01: %SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)",
	"tally-device: line 2, group 3: read \"7KQ2\" as \"7KQZ\"",
	"authorization code for C9300-48P:FOC1234X0AB, number 1",
	"-----------------------------------------------------------------",
	"please check the state of the line card",
	"done",
	"00000010  4f 3a 00 12 9c 77 f0 aa  01 02 03 04 05 06 07 08  |O:...w..........|",
	"Password: ",
	"\x1b[2K\x1b[1G",
	"\xff\xfe\x00 broken \xc3",
	"été 42 — niño 17",
	"nine Quebec Whiskey eight / eight Alfa one Hotel / Tango zero Victor Charlie / Whiskey Romeo two Zulu",
	"█▀▀▀▀▀█ ▄▀ ▀▄█▀▀▀▀▀█",
}

// amid puts a line of noise before, between and after the rows.
func amid(rows []string, noise string) string {
	var b strings.Builder
	b.WriteString(noise + "\n")
	for _, row := range rows {
		b.WriteString(row + "\n" + noise + "\n")
	}
	return b.String()
}

func TestNoise(t *testing.T) {
	a, _, _, c := exampleCodes(t)
	for _, n := range noise {
		r := reads(t, amid(a.Lines(), n), a)
		if r.Skipped != 7 || r.Pasted || len(r.Lines) != 6 {
			t.Errorf("%q: %d skipped", n, r.Skipped)
		}
		if r := reads(t, amid(c.Lines(), n), c); r.Skipped != 2 || len(r.Spellings) != 1 {
			t.Errorf("%q: %d skipped, %d spellings", n, r.Skipped, len(r.Spellings))
		}
		if r := reads(t, n+"\n"+a.Paste()+"\n"+n, a); r.Skipped != 2 || !r.Pasted {
			t.Errorf("%q: %d skipped", n, r.Skipped)
		}
		if r := reads(t, n+"\n"+c.Paste()+"\n"+n, c); r.Skipped != 2 || !r.Pasted {
			t.Errorf("%q: %d skipped", n, r.Skipped)
		}
		if _, err := Decode(n, kinds...); problem(t, err).Problem != Empty {
			t.Errorf("%q: %v", n, err)
		}
	}
	everything := strings.Join(noise, "\n")
	if r := reads(t, amid(a.Lines(), everything), a); r.Skipped != 7*len(noise) {
		t.Errorf("%d skipped", r.Skipped)
	}
	reads(t, everything+"\n"+a.Paste()+"\n"+everything, a)
}

// Among noise, too, a line is mended, and one that can't be is named and not passed over.
func TestMistypedAmidNoise(t *testing.T) {
	a, _, _, c := exampleCodes(t)
	A := a.Lines()
	for _, n := range noise {
		for number := 1; number <= len(A); number++ {
			for _, mistake := range []func(string) string{
				func(s string) string { return s[:3] + "7" + s[4:] },
				func(s string) string { return s[:2] + "77" + s[4:16] + "8" + s[17:] },
				func(s string) string { return s[:12] + s[13:] },
				func(s string) string { return s[:12] + "7" + s[12:] },
			} {
				r := reads(t, amid(changed(A, number, mistake), n), a)
				if fixed := r.Corrected(); r.Skipped != 7 || len(fixed) != 1 || fixed[0].Number != number {
					t.Errorf("%q: %d skipped, corrected %v", n, r.Skipped, fixed)
				}
			}
			_, err := Decode(amid(changed(A, number, garble), n), kinds...)
			if e := problem(t, err); e.Problem != Unreadable || e.Line != number {
				t.Errorf("line %d is not readable, %q: %v", number, n, err)
			}
			_, err = Decode(amid(append(A[:number-1:number-1], A[number:]...), n), kinds...)
			if e := problem(t, err); e.Problem != Missing || e.Line != number {
				t.Errorf("line %d is missing, %q: %v", number, n, err)
			}
		}
		_, err := Decode(amid([]string{garble(c.Lines()[0])}, n), kinds...)
		if e := problem(t, err); e.Problem != Unreadable || e.Line != 1 {
			t.Errorf("a receipt that is not readable, %q: %v", n, err)
		}
		if !survives(t, amid([]string{c.rows()[0][:12] + "99" + c.rows()[0][14:]}, n), c) {
			t.Errorf("a receipt was not read, %q", n)
		}
	}
}

// What is printed or typed before a line, and after it.
func TestDecoratedLines(t *testing.T) {
	a, _, _, _ := exampleCodes(t)
	for _, format := range []string{
		"%[1]d: %[2]s", "%[1]d/6: %[2]s", "line %[1]d> %[2]s", "line %[1]d: %[2]s", "> %[2]s", ">> > %[2]s",
		"| %[2]s |", "tally-device> %[2]s", "Router(config)#%[2]s", "$ %[2]s", "  %[2]s  ", "\t%[2]s\r",
		"%[1]d: %[2]s # line %[1]d", "\"%[2]s\",", "[%[2]s]", "* %[2]s", "“%[2]s”", "> %[1]d: %[2]s.",
	} {
		var rows []string
		for i, row := range a.Lines() {
			rows = append(rows, fmt.Sprintf(format, i+1, row))
		}
		if r := reads(t, lines(rows), a); r.Skipped != 0 {
			t.Errorf("%s: %d skipped", format, r.Skipped)
		}
		reads(t, strings.Join(rows, "\r\n")+"\r\n", a)
		reads(t, strings.ToLower(lines(rows)), a)
	}
	command := "$ tally-device install " + strings.Join(a.Lines(), " ")
	reads(t, command, a)
	reads(t, strings.Replace(command, "install", "return", 1), a)
	reads(t, "$ tally-device install "+lines(a.Lines()), a)
	reads(t, "\ufeff"+lines(a.Lines()), a)
}

func TestPasteAmidText(t *testing.T) {
	a, b, _, c := exampleCodes(t)
	json := `{"schema":"tallystick/authorize/1","kind":"authorization","code":"` + a.Paste() + `","typed":["` +
		strings.Join(a.Lines(), `","`) + `"],"bytes":111}`
	for _, text := range []string{
		json,
		strings.ReplaceAll(json, ",", ",\n  "),
		"the code (" + a.Paste() + ") was sent",
		"code=" + a.Paste() + ";",
		strings.ToLower(a.Paste()),
		strings.Replace(a.Paste(), "TS1", "TSl", 1),
		"> " + strings.Join(a.Wrapped(40), "\n> "),
		strings.Join(a.Wrapped(40), "\r\n"),
		strings.Join(a.Wrapped(40), "\n"+noise[0]+"\n"),
		strings.Join(a.Wrapped(40), "\n"+noise[9]+"\n"),
		strings.Join(a.Wrapped(40), " "),
		a.Paste() + "\n" + lines(a.Lines()),
		lines(a.Lines()) + "\n" + a.Paste(),
		a.Paste() + "\n" + a.Paste(),
		"TS1A: " + a.Paste()[5:],
		a.Paste() + " and more",
		"TS1A:\n" + a.Paste()[5:],
		a.Paste()[:50] + "\n\n" + a.Paste()[50:],
	} {
		if r := reads(t, text, a); !r.Pasted || r.Lines != nil {
			t.Errorf("%q: %+v", text, r)
		}
	}
	if r := reads(t, lines(c.Wrapped(12))+"\nand more", c); !r.Pasted || len(r.Lines) != 1 {
		t.Errorf("%+v", r)
	}
	// A damaged paste does no harm where the lines are there as well.
	if r := reads(t, a.Paste()[:60]+"\n"+lines(a.Lines()), a); r.Pasted {
		t.Errorf("%+v", r)
	}
	for _, text := range []string{a.Paste() + "\n" + b.Paste(), a.Paste() + "\n" + c.Paste(),
		a.Paste() + "\n" + lines(b.Lines()), a.Paste() + "\n" + lines(c.Lines())} {
		_, err := Decode(text, kinds...)
		if e := problem(t, err); e.Problem != Damaged {
			t.Errorf("two codes: %v", err)
		}
	}
}

func TestDamagedPaste(t *testing.T) {
	r := random(50)
	a, _, _, c := exampleCodes(t)
	paste := a.Paste()
	for i := len("TS1A:"); i < len(paste); i++ {
		for _, text := range []string{
			paste[:i], paste[:i] + paste[i+1:], paste[:i] + string(other(r, paste[i])) + paste[i+1:],
			paste[:i] + "0" + paste[i:], paste[:i] + "?" + paste[i+1:],
		} {
			_, err := Decode(text, kinds...)
			if e := problem(t, err); e.Problem != Damaged {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	for i := len("TS1C:"); i < len(c.Paste()); i++ {
		p := c.Paste()
		survives(t, p[:i]+string(other(r, p[i]))+p[i+1:], c)
		survives(t, p[:i]+p[i+1:], c)
	}
}

// Nothing says where a paste ends; words that go on for longer than any code have none in them.
func TestPasteWithoutEnd(t *testing.T) {
	for _, words := range []string{"EVERY WORD READS AND NONE ENDS ANYTHING ", "EVERYWORD READS AND NONE ENDS ANYTHING\n"} {
		_, err := Decode("TS1S:"+strings.Repeat(words, 100), kinds...)
		if e := problem(t, err); e.Problem != Damaged || e.Error() != "the pasted status report is cut short or damaged" {
			t.Errorf("%.12s: %v", words, err)
		}
	}
	_, err := Decode("TS1S:"+strings.Repeat("EVERYTHING", 1000), kinds...)
	if e := problem(t, err); e.Problem != TooLong {
		t.Errorf("%v", err)
	}
}

// A kind that can't be encoded is a mistake in a program. It must not look like a code of a person.
func TestDecodeOfImpossibleKind(t *testing.T) {
	none := status
	none.Number = 0
	body := []byte("a body")
	sum := none.digest(body)
	_, err := Decode("TS1S:"+Base32(append(body, sum[:]...)), none)
	const want = `kind "status report": number 0 is not in 1 to 1023`
	if e := problem(t, err); e.Problem != Damaged || e.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOtherPrefixes(t *testing.T) {
	tests := []struct {
		text string
		want Problem
		says string
	}{
		{"TS1X:ABCD", UnknownKind, `"TS1X:" begins a kind of code that is not known here`},
		{"see ts1z:abcd", UnknownKind, `"ts1z:" begins a kind of code that is not known here`},
		{"TS2A:ABCD", Version, `"TS2A:" begins a code of another version than this program reads`},
		{"TS9X:ABCD", Version, `"TS9X:" begins a code of another version than this program reads`},
		{"TS1A:", Damaged, "the pasted authorization code is cut short or damaged"},
		{"TS1C:", Damaged, "the pasted confirmation or return code is cut short or damaged"},
		{"XTS1A:", Empty, "no code found"},
		{"TS1é:", Empty, "no code found"},
		{"ıı1A:ABCD", Empty, "no code found"},
		{"S1A:", Empty, "no code found"},
		{":", Empty, "no code found"},
	}
	for _, test := range tests {
		_, err := Decode(test.text, kinds...)
		if e := problem(t, err); e.Problem != test.want || e.Error() != test.says {
			t.Errorf("%q: %v, want %s", test.text, err, test.says)
		}
	}
	// Beside a code that reads, another prefix is other text.
	a, _, _, c := exampleCodes(t)
	reads(t, "TS2A:ABCD\n"+a.Paste(), a)
	reads(t, "TS1X:ABCD\n"+lines(a.Lines()), a)
	// The line of a receipt is no typed line where it is pasted as something else.
	for prefix, want := range map[string]Problem{"TS2C:": Version, "TS1X:": UnknownKind, "TS1A:": Damaged} {
		for _, line := range []string{c.Lines()[0], c.Paste()[5:]} {
			_, err := Decode("the code is "+prefix+line+" now", kinds...)
			if e := problem(t, err); e.Problem != want {
				t.Errorf("a receipt after %s: %v", prefix, err)
			}
			reads(t, prefix+line+"\n"+lines(a.Lines())+"\n"+prefix+line, a)
		}
	}
}
