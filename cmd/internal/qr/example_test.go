package qr_test

import (
	"fmt"
	"os"

	"tallystick/cmd/internal/qr"
)

func Example() {
	code := "TS1C:0123456789ABCDEFGHJKMNPQRSTV"
	cols, rows, err := qr.Size(code, qr.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d columns, %d rows\n", cols, rows)

	// On a terminal that knows colors the zero Options are right; a comment has none.
	if err := qr.Draw(os.Stdout, code, qr.Options{Colors: qr.DarkTheme}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 29 columns, 15 rows
	// █████████████████████████████
	// ██ ▄▄▄▄▄ ██▄▀▀ ▄██ █ ▄▄▄▄▄ ██
	// ██ █   █ █▄  ▀▄ ▄ ▄█ █   █ ██
	// ██ █▄▄▄█ ██▀▄██▀ █▄█ █▄▄▄█ ██
	// ██▄▄▄▄▄▄▄█ ▀ █ █▄▀▄█▄▄▄▄▄▄▄██
	// ██▄ ▄█ ▄▄ ▄█  █▀  ▀ ▄▀█▀▄█▀██
	// ██▄▄ ▄██▄ ▄▄█▀█▄▄   █▄▄▄▀ ▄██
	// ███▄▀▀▄█▄▄ ▀█▀   ▄▄ ██▀█▀█▄██
	// ██▄▀█▄▄ ▄▀▄▄█▄ ▄█▄ ▄▀█  █▄ ██
	// ██▄███▄█▄█ ▀  █▀▄  ▄▄▄ ▀▄█▄██
	// ██ ▄▄▄▄▄ █ ██▀███  █▄█ ▄▄ ███
	// ██ █   █ █▄▄ ▀ ▄  ▄  ▄▄ ▀█▄██
	// ██ █▄▄▄█ █   ▄  █▄ ▄ █ ▀ ▀ ██
	// ██▄▄▄▄▄▄▄█▄▄▄▄▄█▄██▄████▄█▄██
	// █████████████████████████████
}
