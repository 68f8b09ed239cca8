// Package codec turns the codes that people carry between a device and an issuer into bytes and
// back: what is typed, shown as QR code, pasted and spoken. It knows no license and no key, and
// nothing it does is a protection: it finds and mends mistakes, and what a code is worth its
// signature or chain decides.
//
// # Payload
//
// A code has a kind and a body. The kinds are the caller's, see Kind. The payload is the body and,
// after it, the first 4 bytes of
//
//	SHA-256("TS1/code" || 0x00 || kind number, 2 bytes, big-endian || body)
//
// A kind of an exact number of bits, at most 160, has no digest: its payload is the body.
//
// # Alphabet
//
// Crockford's base32, 0123456789ABCDEFGHJKMNPQRSTVWXYZ: five bits a character, the most significant
// first. Fold makes typing canonical before anything else looks at it.
//
// # Paste form
//
// "TS1", the letter of the kind, ":", and the payload in base32, the last character filled up with
// zero bits. For a kind without a digest, what follows the colon is its typed line instead. All of
// it is in the alphanumeric set of QR codes. It may be broken into lines anywhere.
//
//	TS1S:EDMQGX35CNQ20RKSEHJQ683FDC4DMXNR
//
// # Typed form
//
// Codes of up to 512 bytes are also typed. The payload is cut into pieces of 20 bytes, the last of
// which may be shorter. The bits of a piece, filled up with zero bits to a multiple of ten, make up
// to 16 symbols of ten bits, and 4 check symbols follow them. A symbol is written as two
// characters, so a full line has 40, which are shown in ten groups of four.
//
//	EDMQ GX35 CNQ2 0RKS EHJQ 683F DC4D MXNR WS8B 2K3Q
//
// The check symbols make this sequence a word of a Reed-Solomon code over GF(2^10), represented as
// the polynomials in x modulo x^10 + x^3 + 1:
//
//	kind number, order, bits, data symbols ..., 4 check symbols
//
// where order is the number of the line, from 1, plus 512 in the last line, and bits the number of
// payload bits in the line before they are filled up. These first three are not shown. Read as the
// coefficients of a polynomial, the highest power first, the sequence is zero at x, x^2, x^3 and
// x^4.
//
// Two such words differ in at least five places. That mends any two wrong symbols, or finds the one
// place where a character is missing or too many, and what is not shown counts like what is: a line
// of another kind, of another place, or with zeros appended is seen. About one in 5,500 random
// lines passes for a certain line with two mistakes, so a correction is a proposal: the digest
// decides, and the person is told.
//
// # Reading
//
// Decode finds a code in a text, in either form, among whatever else stands there. ParseLine and
// JoinLines take lines as they are typed. Both tell a person what they mended, or what is wrong, by
// line and group, and each Problem is a thing that is mended in its own way.
//
// # Binary form
//
// Writer and Reader hold the fields of a body: big-endian integers of fixed size, variable-length
// integers in their shortest LEB128 form of up to 32 bits, and byte strings after their length.
// There is one encoding of each value, and nothing tells the fields apart but their order.
package codec
