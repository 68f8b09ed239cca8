// Package tabletest looks at HTML pages in a real browser: Chromium without a window, spoken to over
// a pipe in the Chrome DevTools Protocol. Nothing listens on a network and nothing is asked of one.
package tabletest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// names under which distributions install it.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// patience is how long the browser may take for one answer; a busy machine is slow.
const patience = 90 * time.Second

// A Browser is a running Chromium with one tab.
type Browser struct {
	t        testing.TB
	to       io.Writer
	mu       sync.Mutex
	last     int
	waiting  map[int]chan reply
	said     []string // what the console said, and what the browser refused
	loaded   chan struct{}
	session  string
	gone     error
	messages chan struct{} // closed when the browser hung up
}

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

// Start starts a browser that ends with the test. Without one on this machine the test is skipped,
// and says so.
func Start(t testing.TB) *Browser {
	t.Helper()
	program := find()
	if program == "" {
		t.Skip("NOT LOOKED AT IN A BROWSER: there is no chromium on this machine (Debian: apt-get install chromium)")
	}
	toBrowser, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--lang=en", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	c.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4, as the pipe has it
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &Browser{t: t, to: write, waiting: map[int]chan reply{}, loaded: make(chan struct{}, 8), messages: make(chan struct{})}
	go b.listen(read)
	t.Cleanup(func() {
		_ = b.send("", "Browser.close", nil, 0) // it may be gone
		select {
		case <-b.messages:
		case <-time.After(5 * time.Second):
			_ = c.Process.Kill()
		}
		_ = c.Wait() // of what was killed
		write.Close()
		read.Close()
	})
	b.attach()
	return b
}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// attach takes over the one tab there is.
func (b *Browser) attach() {
	var targets struct {
		TargetInfos []struct{ TargetID, Type string }
	}
	b.call("Target.getTargets", nil, &targets)
	for _, target := range targets.TargetInfos {
		if target.Type == "page" {
			var attached struct{ SessionID string }
			b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
			b.session = attached.SessionID
			break
		}
	}
	if b.session == "" {
		b.t.Fatal("the browser has no tab")
	}
	for _, domain := range []string{"Page.enable", "Runtime.enable", "Log.enable"} {
		b.call(domain, nil, nil)
	}
}

// send sends a command; messages end with a zero byte.
func (b *Browser) send(session, method string, params any, id int) error {
	message := map[string]any{"id": id, "method": method}
	if params != nil {
		message["params"] = params
	}
	if session != "" {
		message["sessionId"] = session
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = b.to.Write(append(text, 0))
	return err
}

// call sends a command and waits for its answer.
func (b *Browser) call(method string, params, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.last++
	id, answer := b.last, make(chan reply, 1)
	b.waiting[id] = answer
	b.mu.Unlock()
	if err := b.send(b.session, method, params, id); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	select {
	case r := <-answer:
		if r.Error != nil {
			b.t.Fatalf("%s: %s", method, r.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(r.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-b.messages:
		b.t.Fatalf("%s: the browser is gone: %v", method, b.gone)
	case <-time.After(patience):
		b.t.Fatalf("%s: no answer after %s", method, patience)
	}
}

// listen takes in answers and events until the browser hangs up.
func (b *Browser) listen(from io.Reader) {
	defer close(b.messages)
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.gone = err
			}
			return
		}
		b.take(text[:len(text)-1])
	}
}

func (b *Browser) take(text []byte) {
	var message struct {
		ID     int
		Method string
		Params json.RawMessage
		reply
	}
	if err := json.Unmarshal(text, &message); err != nil {
		b.note(fmt.Sprintf("a message that is no JSON: %v", err))
		return
	}
	if message.ID != 0 {
		b.mu.Lock()
		answer := b.waiting[message.ID]
		delete(b.waiting, message.ID)
		b.mu.Unlock()
		if answer != nil {
			answer <- message.reply
		}
		return
	}
	switch message.Method {
	case "Page.loadEventFired":
		b.loaded <- struct{}{}
	case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
		b.note(string(message.Params))
	}
}

func (b *Browser) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said = append(b.said, text)
}
