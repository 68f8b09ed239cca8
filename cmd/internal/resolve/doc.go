// Package resolve tells people who are stuck where a device and the books stand and what the one safe
// next step is, from any codes that are left.
//
// It has three parts that know nothing of each other's work. [DeviceRows] and [IssuerRows] are the
// tables of all states in which somebody waits for something, with the way out of each: the manual
// pages print them, and tests bring both programs into every row and carry out what it says.
// [AtDevice] and [AtIssuer] are the inference: what is known comes in, the name of a row goes out.
// [DeviceRow] and [IssuerRow] make commands of its way out that can be run as they are.
//
// Nothing here changes anything or decides about a code: whether one is genuine was found out by
// package reserve before.
package resolve
