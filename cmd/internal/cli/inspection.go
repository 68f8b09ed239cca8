package cli

import (
	"fmt"

	ucli "github.com/urfave/cli/v2"

	"tallystick/cmd/internal/resolve"
	"tallystick/keys"
	"tallystick/reserve"
)

// inspectionJSON is what a code says. Fields that its kind doesn't have are left out.
type inspectionJSON struct {
	Kind        string            `json:"kind"`
	Verified    bool              `json:"verified"`
	Finding     string            `json:"finding,omitempty"` // why it isn't verified
	Device      string            `json:"device,omitempty"`
	Fingerprint string            `json:"fingerprint,omitempty"`
	DeviceHint  string            `json:"device_hint,omitempty"` // what the code carries of the device's fingerprint: how it begins
	Issuer      string            `json:"issuer,omitempty"`
	IssuerHint  string            `json:"issuer_hint,omitempty"`
	Training    bool              `json:"training,omitempty"`
	Number      reserve.Number    `json:"number,omitempty"`
	Says        string            `json:"says,omitempty"`      // in words, of a verified receipt
	SaysKind    string            `json:"says_kind,omitempty"` // confirmation or return, of a verified receipt
	Signed      string            `json:"signed,omitempty"`
	Grants      []inspectionGrant `json:"grants,omitempty"`
	Root        uint16            `json:"root_version,omitempty"`
	Catalog     uint16            `json:"catalog_version,omitempty"`
	Status      *inspectionStatus `json:"status,omitempty"`
}

type inspectionGrant struct {
	Entitlement string `json:"entitlement"`
	Count       uint32 `json:"count"`
	Ends        string `json:"ends"` // "" is perpetual
}

type inspectionStatus struct {
	Installed   reserve.Number `json:"installed"`
	NextNumber  reserve.Number `json:"next_number"`
	LatestDay   string         `json:"latest_day"`
	UptimeHours uint32         `json:"uptime_hours"`
	Statements  uint32         `json:"statements"`
}

// ShowInspection prints what a code says, for the inspect verb of both programs. catalog names the
// entitlements; the zero Catalog leaves them as numbers.
func ShowInspection(c *ucli.Context, x reserve.Inspection, catalog reserve.Catalog) error {
	j := inspectionOf(x, catalog)
	out := Out(c)
	line := func(label, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); text != "" && text != "0" {
			out.Printf("%-13s %s\n", label, text)
		}
	}
	line("code", "%s", x.Kind.Name)
	if x.Verified {
		line("verified", "yes")
	} else {
		line("verified", "NO: %s", j.Finding)
	}
	line("device", "%s", j.Device)
	line("fingerprint", "%s", j.Fingerprint)
	line("device hint", "%s", j.DeviceHint)
	line("issuer", "%s", j.Issuer)
	line("issuer hint", "%s", j.IssuerHint)
	if j.Training {
		line("training", "yes: no production device takes it")
	}
	line("says", "%s", j.Says)
	line("number", "%d", j.Number)
	line("signed", "%s", j.Signed)
	for _, g := range j.Grants {
		line("grants", "%s=%d, %s", g.Entitlement, g.Count, untilOrPerpetual(g.Ends))
	}
	if x.Kind.Number == reserve.AuthorizationKind.Number && len(j.Grants) == 0 {
		line("grants", "nothing: it takes everything away")
	}
	line("trust root", "%d", j.Root)
	line("catalog", "%d", j.Catalog)
	if s := j.Status; s != nil {
		out.Printf("%-13s %d\n%-13s %d\n", "installed", s.Installed, "next number", s.NextNumber)
		out.Printf("%-13s %s\n%-13s %s\n%-13s %d\n", "latest day", s.LatestDay, "running", hours(s.UptimeHours), "statements", s.Statements)
	}
	return out.JSON(j)
}

func hours(n uint32) string {
	if n == 1 {
		return "1 hour"
	}
	return fmt.Sprintf("%d hours", n)
}

func untilOrPerpetual(ends string) string {
	if ends == "" {
		return "perpetual"
	}
	return "until " + ends
}

func inspectionOf(x reserve.Inspection, catalog reserve.Catalog) inspectionJSON {
	j := inspectionJSON{
		Kind: resolve.KindWord(x.Kind), Verified: x.Verified, Device: x.UDI.String(), Fingerprint: x.Fingerprint, Training: x.Training,
		Number: x.Number, Root: x.RootVersion, Catalog: x.CatalogVersion,
	}
	if x.Finding != nil {
		j.Finding = x.Finding.Error()
	}
	switch x.Kind.Number {
	case reserve.AuthorizationKind.Number:
		j.DeviceHint, j.IssuerHint = reserve.HintText(x.Device), reserve.HintText(x.Issuer)
		j.Signed = x.Issued.String()
		for _, g := range x.Grants {
			j.Grants = append(j.Grants, inspectionGrant{tagOf(catalog, g.Entitlement), g.Count, endsText(g.Ends)})
		}
	case reserve.ReceiptKind.Number:
		j.DeviceHint = reserve.LocatorText(x.Locator)
		if x.Verified {
			j.Says, j.Number = receiptSays(x.Position)
			j.SaysKind = "return" // a cancellation is one, too
			if x.Position%2 == 0 {
				j.SaysKind = "confirmation"
			}
		}
	case reserve.StatusKind.Number:
		j.DeviceHint = reserve.HintText(x.Device)
		j.Status = &inspectionStatus{x.Installed, x.Floor, x.LatestDay.String(), x.UptimeHours, x.Statements}
	case reserve.BundleKind.Number:
		j.Issuer, j.IssuerHint = x.IssuerName, reserve.HintText(x.Issuer)
	}
	return j
}

func receiptSays(p reserve.Position) (string, reserve.Number) {
	if p%2 == 0 {
		n := reserve.Number(p / 2)
		return fmt.Sprintf("authorization %d is installed", n), n
	}
	n := p.Floor() - 1
	if n == 0 {
		return "nothing was ever installed", 0
	}
	return fmt.Sprintf("everything through authorization %d was given up", n), n
}

func tagOf(catalog reserve.Catalog, id reserve.EntitlementID) string {
	if tag, ok := catalog.Tag(id); ok {
		return tag
	}
	return fmt.Sprintf("entitlement %d", id)
}

func endsText(d keys.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
