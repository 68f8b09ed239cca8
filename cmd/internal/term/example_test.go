package term_test

import (
	"fmt"

	"tallystick/cmd/internal/term"
	"tallystick/codec"
)

// person is a Terminal whose person has a confirmation code to type.
type person struct{ lines []string }

func (p *person) Write(text []byte) (int, error) { return fmt.Print(string(text)) }

func (p *person) Size() (cols, rows int) { return 80, 24 }

func (p *person) ReadSecret(string) ([]byte, error) { return nil, term.ErrNoTerminal }

func (p *person) ReadLine(prompt string) (string, error) {
	line := p.lines[0]
	p.lines = p.lines[1:]
	fmt.Println(prompt + line)
	return line, nil
}

func ExampleEntry() {
	confirmation := codec.Kind{Name: "confirmation code", Letter: 'C', Number: 3, Bits: 100}
	entry := term.Entry{
		Terminal: &person{lines: []string{"what now?", "o4hm-asw9-nf6y-y093-8mkr-yrw8-y9s1"}},
		Kinds:    []codec.Kind{confirmation},
		What:     "confirmation code",
	}
	reading, err := entry.Read()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", reading.Body)
	// Output:
	// Enter the confirmation code line by line ("?" for help).
	// line 1> what now?
	//   line 1, group 2: '?' is not a character of codes
	// line 1> o4hm-asw9-nf6y-y093-8mkr-yrw8-y9s1
	//   line 1, group 5: read "8MKR" as "8NKR"
	// 0123456789abcdef0123456780
}
