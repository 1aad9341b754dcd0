package gui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cryptodesk/engine"
	"cryptodesk/engine/batch"
	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/keyring"
	"cryptodesk/engine/recovery"
	"cryptodesk/engine/recovery/escrow"
	"cryptodesk/engine/secret"
	"cryptodesk/engine/session"
	"cryptodesk/gui/cross"
	"cryptodesk/gui/text"
)

// fake is an engine with a state and nothing behind it.
type fake struct {
	Engine  // what no test asks for
	home    string
	state   session.State
	changed func()
	planned [][]string
	ways    recovery.Status
	events  []string // in order: "lock", "close"

	touches int
	limit   time.Duration // SetIdle
	left    time.Duration // IdleLeft, while unlocked
	why     session.Reason
	kept    map[string]any // Remember
	problem error
	report  *engine.MemoryReport
}

func (f *fake) to(s session.State) {
	f.state = s
	if f.changed != nil {
		f.changed()
	}
}

func (f *fake) Agent() (engine.Agent, bool)   { return engine.Agent{}, false }
func (f *fake) Home() string                  { return f.home }
func (f *fake) SetPrompter(identity.Prompter) {}
func (f *fake) State() session.State          { return f.state }
func (f *fake) Owner() string                 { return "Ana" }
func (f *fake) Protection() secret.Status {
	return secret.Status{Level: secret.Partial, Reasons: secret.Reasons()}
}
func (f *fake) OnChange(g func()) func() { f.changed = g; return func() { f.changed = nil } }
func (f *fake) Lock()                    { f.events = append(f.events, "lock"); f.LockFor(session.Asked) }
func (f *fake) LockFor(why session.Reason) {
	if f.state == session.Unlocked {
		f.why = why
		f.to(session.Locked)
	}
}
func (f *fake) LockedBy() session.Reason       { return f.why }
func (f *fake) UnlockWait() time.Duration      { return 0 }
func (f *fake) Touch()                         { f.touches++; f.left = f.limit }
func (f *fake) SetIdle(d time.Duration)        { f.limit, f.left = d, d }
func (f *fake) StateProblem() error            { return f.problem }
func (f *fake) CanCheckMemory() bool           { return true }
func (f *fake) Remember(section string, v any) { f.kept[section] = v }
func (f *fake) IdleLeft() (time.Duration, bool) {
	return f.left, f.state == session.Unlocked && f.limit > 0
}

func (f *fake) Recall(section string, v any) bool {
	p, ok := f.kept[section].(place)
	if ok {
		*v.(*place) = p
	}
	return ok
}

func (f *fake) CheckMemory(context.Context) (*engine.MemoryReport, error) { return f.report, nil }
func (f *fake) Close()                                                    { f.events = append(f.events, "close") }

func (f *fake) Create(_ context.Context, _ string, pass, imported *secret.Buffer) error {
	pass.Destroy()
	imported.Destroy()
	f.to(session.Unlocked)
	return nil
}

func (f *fake) Unlock(_ context.Context, pass *secret.Buffer) error {
	pass.Destroy()
	f.to(session.Unlocked)
	return nil
}

func (f *fake) Exchanges() []*exchange.Exchange      { return nil }
func (f *fake) Questions() []*exchange.Question      { return nil }
func (f *fake) IsReady() ([]string, time.Time, bool) { return nil, time.Time{}, false }
func (f *fake) LastUsed() map[string]time.Time       { return nil }
func (f *fake) Groups() []keyring.Group              { return nil }
func (f *fake) Recovery() recovery.Status            { return f.ways }
func (f *fake) NewRestore() *recovery.Restore {
	return recovery.NewRestore(func() (*keyring.Keyring, error) { return nil, fault.New(fault.Locked, "", nil) }, time.Now)
}
func (f *fake) Escrow(string) escrow.Sort    { return escrow.None }
func (f *fake) People() []engine.Person      { return nil }
func (f *fake) Keys() []identity.Public      { return nil }
func (f *fake) Contacts() []identity.Contact { return nil }
func (f *fake) Card(string) ([]byte, error)  { return nil, fault.New(fault.KeyMissing, "", nil) }

func (f *fake) NewKey(context.Context, string, identity.Kind) (identity.Public, error) {
	return identity.Public{}, nil
}

func (f *fake) AddContact(context.Context, string, []byte) (identity.Contact, error) {
	return identity.Contact{}, nil
}

func (f *fake) Plan(_ context.Context, paths []string) (*batch.Plan, error) {
	f.planned = append(f.planned, paths)
	return &batch.Plan{}, nil
}

func (f *fake) Encrypt(*batch.Plan, batch.EncryptOptions) (*job.Job, error) {
	return nil, fault.New(fault.Internal, "", nil)
}

func (f *fake) Decrypt(*batch.Plan, batch.OpenOptions) (*job.Job, error) {
	return nil, fault.New(fault.Internal, "", nil)
}

func (f *fake) Rewrap(*batch.Plan, []identity.Recipient) (*job.Job, error) {
	return nil, fault.New(fault.Internal, "", nil)
}

// stand opens the window over a fake engine; what comes to the UI goroutine
// waits in ui for the test to run it.
func stand(t *testing.T, state session.State) (w *window, eng *fake, ui chan func()) {
	t.Helper()
	before := text.Current()
	t.Cleanup(func() { text.Use(before) })
	t.Setenv("LC_ALL", "C")
	app := test.NewTempApp(t)
	ui = make(chan func(), 64)
	t.Cleanup(cross.Divert(func(f func()) { ui <- f }))
	eng = &fake{home: t.TempDir(), state: state, kept: map[string]any{}}
	w = open(app, eng)
	t.Cleanup(w.win.Close)
	t.Cleanup(w.clear)
	return w, eng, ui
}

// escapeKey is Esc where the keyboard is.
func escapeKey(w *window) {
	e := &fyne.KeyEvent{Name: fyne.KeyEscape}
	if f := w.win.Canvas().Focused(); f != nil {
		f.TypedKey(e)
		return
	}
	w.win.Canvas().OnTypedKey()(e)
}
