package tabletest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Open opens a file and waits until it is loaded.
func (b *Browser) Open(file string) {
	b.t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		b.t.Fatal(err)
	}
	b.call("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()}, nil)
	select {
	case <-b.loaded:
	case <-time.After(patience):
		b.t.Fatalf("%s is not loaded after %s", file, patience)
	}
}

// Screen sets the size of the window in pixels, and the theme.
func (b *Browser) Screen(width, height int, dark bool) {
	b.t.Helper()
	theme := "light"
	if dark {
		theme = "dark"
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}}, nil)
}

// Run runs a script's expression in the page and decodes what it gives into result.
func (b *Browser) Run(expression string, result any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, answer.ExceptionDetails)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result.Value, result); err != nil {
			b.t.Fatalf("%s: %v: %s", expression, err, answer.Result.Value)
		}
	}
}

// tallest is how much of a page is in a picture, in pixels.
const tallest = 4000

// Picture writes what the page looks like from its top to a PNG file.
func (b *Browser) Picture(file string) {
	b.t.Helper()
	var size struct{ Width, Height int }
	b.Run("({Width: document.documentElement.clientWidth, Height: document.documentElement.scrollHeight})", &size)
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true,
		"clip": map[string]any{"x": 0, "y": 0, "width": size.Width, "height": min(size.Height, tallest), "scale": 1}}, &shot)
	b.save(file, shot.Data)
}

// Print prints the page on A4 to a PDF file and returns its size in bytes.
func (b *Browser) Print(file string) int {
	b.t.Helper()
	var printed struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": true, "printBackground": false}, &printed)
	return b.save(file, printed.Data)
}

func (b *Browser) save(file, data string) int {
	b.t.Helper()
	raw, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		err = os.WriteFile(file, raw, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return len(raw)
}

// Said returns what the console said since it was last asked, and what the browser refused.
func (b *Browser) Said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}

// Check opens a page on a wide and a narrow screen, light and dark, and prints it. It fails the test
// when the console says anything, when the page is wider than the screen, when a text is too faint
// to read (WCAG 2.2 asks for a contrast of 4.5), or when nothing is printed. Pictures are kept in
// dir as NAME-1280-light.png and so on.
func (b *Browser) Check(file, dir string) {
	b.t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	b.Open(file)
	for _, screen := range []struct {
		width, height int
		dark          bool
		label         string
	}{{1280, 800, false, "1280-light"}, {1280, 800, true, "1280-dark"}, {400, 800, false, "400-light"}, {400, 800, true, "400-dark"}} {
		b.Screen(screen.width, screen.height, screen.dark)
		var wide struct{ Page, Screen int }
		b.Run("({Page: document.documentElement.scrollWidth, Screen: document.documentElement.clientWidth})", &wide)
		if wide.Page > wide.Screen {
			b.t.Errorf("%s at %s is %d pixels wide on a screen of %d", name, screen.label, wide.Page, wide.Screen)
		}
		var faint []string
		b.Run(faintTexts, &faint)
		if len(faint) > 0 {
			b.t.Errorf("%s at %s has faint texts: %q", name, screen.label, faint)
		}
		b.Picture(filepath.Join(dir, name+"-"+screen.label+".png"))
	}
	if n := b.Print(filepath.Join(dir, name+".pdf")); n < 2000 {
		b.t.Errorf("%s prints as %d bytes", name, n)
	}
	for _, text := range b.Said() {
		b.t.Errorf("%s: the browser says %s", name, text)
	}
}

// faintTexts lists texts whose contrast with what is behind them is below 4.5. What is behind is
// the first background upward that isn't transparent.
const faintTexts = `(() => {
  const parse = (color) => { const n = color.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), alpha: n.length > 3 ? n[3] : 1 }; };
  const light = ({ rgb }) => {
    const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.alpha > 0) return c; }
    return { rgb: [255, 255, 255], alpha: 1 };
  };
  const faint = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement, text = texts.currentNode.data.trim();
    if (!text || ["SCRIPT", "STYLE"].includes(e.tagName) || e.getClientRects().length === 0) continue;
    const style = getComputedStyle(e), front = parse(e instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(front), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.add(text.slice(0, 40) + " " + contrast.toFixed(2));
  }
  return [...faint];
})()`
