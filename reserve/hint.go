package reserve

import "tallystick/codec"

// HintText shows a hint of four bytes as the characters that the fingerprint of the device or the
// issuer begins with, so that it can be compared with what screens show: "2PZ0-SF…". The two bits
// that make no whole character are left out.
func HintText(hint [4]byte) string {
	text := codec.Base32(hint[:])
	return text[:4] + "-" + text[4:6] + "…"
}

// LocatorText is HintText for the 20 bits that a receipt carries: "2PZ0…".
func LocatorText(locator uint32) string {
	return codec.Base32([]byte{byte(locator >> 12), byte(locator >> 4), byte(locator << 4)})[:4] + "…"
}
