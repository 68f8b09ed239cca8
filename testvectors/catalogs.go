// Package testvectors holds the files that the formats of Tallystick are tested with, embedded so
// that a test of any package finds them. README.md describes each, field by field.
//
// Tests import this package. There is one exception: the verb rehearse of tally-issuer plays the
// life of a device with a training issuer, which needs a catalog, and takes [NetworkSwitch] from
// here. The package therefore stays small and imports nothing but embed; what a file means is
// for package reserve to say.
package testvectors

import "embed"

// Catalogs holds every example catalog as catalogs/NAME.json.
//
//go:embed catalogs/*.json
var Catalogs embed.FS

// The names of the example catalogs, for [Catalog].
const (
	NetworkSwitch        = "network-switch"
	CollaborationGateway = "collaboration-gateway"
)

// Catalog returns an example catalog as it was written, about 4 KiB of JSON for
// reserve.ReadCatalog. The error for a name that is not one of the constants is fs.ErrNotExist in
// an *fs.PathError. The caller may change the bytes.
func Catalog(name string) ([]byte, error) {
	return Catalogs.ReadFile("catalogs/" + name + ".json")
}
