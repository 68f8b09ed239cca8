package codec_test

import (
	"errors"
	"fmt"
	"strings"

	"tallystick/codec"
)

// The kinds are declared by the package of the protocol; these are for the examples.
var (
	status  = codec.Kind{Name: "status report", Letter: 'S', Number: 4, Max: 1024}
	receipt = codec.Kind{Name: "return code", Letter: 'C', Number: 3, Bits: 100}
)

func ExampleEncode() {
	code, err := codec.Encode(status, []byte("sixteen bytes ok"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range code.Lines() {
		fmt.Println(line)
	}
	fmt.Println(code.Paste())
	// Output:
	// EDMQ GX35 CNQ2 0RKS EHJQ 683F DC4D MXNR WS8B 2K3Q
	// TS1S:EDMQGX35CNQ20RKSEHJQ683FDC4DMXNR
}

func ExampleDecode() {
	console := `
tally-device> status --report
*Mar  1 00:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up
edmq gx35 cn72 orks ehjq 683f dc4d mxnr ws8b 2k3q
tally-device>`
	reading, err := codec.Decode(console, status, receipt)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %q\n", reading.Kind.Name, reading.Body)
	for _, line := range reading.Corrected() {
		for _, fix := range line.Fixes {
			fmt.Printf("line %d, %v\n", line.Number, fix)
		}
	}
	// Output:
	// status report: "sixteen bytes ok"
	// line 1, group 3: read "CN72" as "CNQ2"
}

// What is wrong is told by line and group, and each problem can be told from the others.
func ExampleError() {
	code, err := codec.Encode(status, make([]byte, 50))
	if err != nil {
		fmt.Println(err)
		return
	}
	lines := code.Lines()
	_, err = codec.Decode(lines[0]+"\n"+lines[2], status, receipt)
	var e *codec.Error
	if errors.As(err, &e) {
		fmt.Println(e.Problem.ID(), e.Line)
	}
	fmt.Println(err)
	// Output:
	// code-incomplete 2
	// the code is incomplete: line 2 is missing
}

// Lines are checked as they are typed.
func ExampleParseLine() {
	code, err := codec.Encode(status, []byte("a body that takes two typed lines"))
	if err != nil {
		fmt.Println(err)
		return
	}
	typed := code.Lines()
	typed[1] = strings.Replace(typed[1], "7", "", 1)

	if _, err := codec.ParseLine(typed[1], 1, status, receipt); err != nil {
		fmt.Println(err)
	}
	var lines []codec.Line
	for i, text := range typed {
		candidates, err := codec.ParseLine(text, i+1, status, receipt)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, fix := range candidates[0].Fixes {
			fmt.Printf("line %d, %v\n", i+1, fix)
		}
		lines = append(lines, candidates[0])
	}
	reading, err := codec.JoinLines(lines)
	fmt.Printf("%q %v\n", reading.Body, err)
	// Output:
	// this is line 2, line 1 was expected
	// line 2, group 1: a character was missing: read "DWG" as "DWG7"
	// "a body that takes two typed lines" <nil>
}

func ExampleReader() {
	w := codec.NewWriter()
	w.U8(1)
	w.Uvarint(300)
	w.Bytes([]byte("C9300-48P"))
	message := w.Finish()

	r := codec.NewReader(message)
	version, number, product := r.U8(), r.Uvarint(), r.Bytes(32)
	if err := r.End(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(version, number, string(product))

	r = codec.NewReader(message)
	r.U8()
	r.Uvarint()
	r.Bytes(8)
	fmt.Println(r.End())
	// Output:
	// 1 300 C9300-48P
	// codec: offset 4: 9 bytes where at most 8 are allowed
}
