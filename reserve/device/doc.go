// Package device keeps the durable record of one product instance and is what a Go product embeds.
//
// A product creates the record once (Create), opens it at each start (Open) and asks
// Device.Licensed as often as it likes. The operator's steps are methods as well: Install, Return,
// Cancel, Confirmation, Report, Obey. The rules are those of package reserve; this package makes
// their outcome durable before it lets anybody see it.
//
// # Persist, then reveal
//
// A code for the issuer proves that something will never be used again, so the issuer gives it to
// somebody else. A device that showed such a code, lost power and came back with what it gave up
// would be a license spent twice. Every method that returns a code therefore returns it only after
// the record that makes it true is on the disk, the directory entry included; so does one that
// merely repeats a code, because the process that wrote the record may have died before it got
// there.
//
// # The directory
//
//	state      the record, mode 0600: it holds the device's secret
//	state.new  a record being written; what an interrupted write leaves is never read
//	lock       held by whoever changes the record; never removed
//
// The record is replaced whole: written beside the old one, synced, renamed over it, and the
// directory synced. A crash leaves the old record or the new one. Whoever changes it takes the lock
// and reads the record again first, so two processes never overwrite each other's steps; reading
// needs no lock. All processes of one instance run as one user.
//
// The file is one line of text and then the bytes of reserve.Encode:
//
//	tallystick-device 1 <SHA-256 of "tallystick-device 1\n" and the bytes, 64 lower-case hex digits>
//
// The bytes are raw, not base64: nobody should paste a record anywhere, since it holds the secret,
// and text would have several spellings (line ends, spare bits) to refuse. The digest covers the
// version too, so a damaged version is damage, and a newer one is a newer one. Later versions keep
// the first line as it is.
//
// # What it can't do
//
// BUG(device): A record kept in software can be copied with the disk it is on, and put back later.
// Nothing here prevents that; the issuer detects it from the status reports (THREATS.md).
//
// BUG(device): On Windows a rename is made durable by MOVEFILE_WRITE_THROUGH, not by syncing the
// directory, and the mode of the files means nothing there: the directory's access list protects
// the secret.
package device
