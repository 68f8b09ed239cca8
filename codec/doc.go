// Package codec turns the codes that people carry between a device and an issuer into bytes and
// back: typed lines, the paste form behind QR codes, and the binary fields inside.
//
// It knows no license and no key.
package codec
