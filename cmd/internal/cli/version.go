package cli

import (
	"runtime"
	"runtime/debug"
)

// A build says which program this is, from what the Go toolchain recorded in it.
type build struct {
	Program  string `json:"program"`
	Version  string `json:"version"` // "(devel)" outside a released version
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"` // of the revision, RFC 3339
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func readBuild(program string) build {
	b := build{Program: program, Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (p Program) showVersion(out *Output) error {
	b := readBuild(p.Name)
	out.verb = versionName
	out.Printf("%s %s\n", b.Program, b.Version)
	if b.Revision != "" {
		note := ""
		if b.Modified {
			note = ", with changes"
		}
		out.Printf("revision %s of %s%s\n", b.Revision, b.Time, note)
	}
	out.Printf("%s %s\n", b.Go, b.Platform)
	return out.JSON(b)
}
