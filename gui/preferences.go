package gui

import (
	"sync"

	"fyne.io/fyne/v2"
)

// forgetful keeps the toolkit's preferences in memory. On disk they would tell
// the last folder that was looked at, and the toolkit reads its file back while
// writing it, which now and then fails. The window's own settings are in
// window.json.
type forgetful struct {
	mu        sync.Mutex
	values    map[string]any
	listeners []func()
}

// forget gives the app preferences of its own, through the one door the toolkit
// has for that.
func forget(a fyne.App) { a.SetCloudProvider(noCloud{}) }

// noCloud is that door: a provider of preferences that knows no cloud.
type noCloud struct{}

func (noCloud) ProviderDescription() string { return "" }
func (noCloud) ProviderIcon() fyne.Resource { return nil }
func (noCloud) ProviderName() string        { return "memory" }
func (noCloud) Cleanup(fyne.App)            {}
func (noCloud) Setup(fyne.App) error        { return nil }
func (noCloud) CloudPreferences(fyne.App) fyne.Preferences {
	return &forgetful{values: make(map[string]any)}
}

func get[T any](p *forgetful, key string, fallback T) T {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := p.values[key].(T); ok {
		return v
	}
	return fallback
}

func (p *forgetful) set(key string, value any) {
	p.mu.Lock()
	p.values[key] = value
	listeners := p.listeners
	p.mu.Unlock()
	for _, changed := range listeners {
		changed()
	}
}

func (p *forgetful) Bool(key string) bool                              { return get(p, key, false) }
func (p *forgetful) BoolWithFallback(key string, or bool) bool         { return get(p, key, or) }
func (p *forgetful) SetBool(key string, v bool)                        { p.set(key, v) }
func (p *forgetful) BoolList(key string) []bool                        { return get[[]bool](p, key, nil) }
func (p *forgetful) BoolListWithFallback(key string, or []bool) []bool { return get(p, key, or) }
func (p *forgetful) SetBoolList(key string, v []bool)                  { p.set(key, v) }

func (p *forgetful) Float(key string) float64                                 { return get(p, key, 0.0) }
func (p *forgetful) FloatWithFallback(key string, or float64) float64         { return get(p, key, or) }
func (p *forgetful) SetFloat(key string, v float64)                           { p.set(key, v) }
func (p *forgetful) FloatList(key string) []float64                           { return get[[]float64](p, key, nil) }
func (p *forgetful) FloatListWithFallback(key string, or []float64) []float64 { return get(p, key, or) }
func (p *forgetful) SetFloatList(key string, v []float64)                     { p.set(key, v) }

func (p *forgetful) Int(key string) int                             { return get(p, key, 0) }
func (p *forgetful) IntWithFallback(key string, or int) int         { return get(p, key, or) }
func (p *forgetful) SetInt(key string, v int)                       { p.set(key, v) }
func (p *forgetful) IntList(key string) []int                       { return get[[]int](p, key, nil) }
func (p *forgetful) IntListWithFallback(key string, or []int) []int { return get(p, key, or) }
func (p *forgetful) SetIntList(key string, v []int)                 { p.set(key, v) }

func (p *forgetful) String(key string) string                                { return get(p, key, "") }
func (p *forgetful) StringWithFallback(key, or string) string                { return get(p, key, or) }
func (p *forgetful) SetString(key, v string)                                 { p.set(key, v) }
func (p *forgetful) StringList(key string) []string                          { return get[[]string](p, key, nil) }
func (p *forgetful) StringListWithFallback(key string, or []string) []string { return get(p, key, or) }
func (p *forgetful) SetStringList(key string, v []string)                    { p.set(key, v) }

func (p *forgetful) RemoveValue(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.values, key)
}

func (p *forgetful) AddChangeListener(changed func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners = append(p.listeners, changed)
}

func (p *forgetful) ChangeListeners() []func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.listeners
}
