package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/safefile"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// planView says what will happen to what was dropped. Nothing happens before
// its one button is pressed.
type planView struct {
	s         *Screen
	paths     []string
	plan      *batch.Plan
	err       error    // why there is no plan
	nearLimit bool     // the drop was near the most that one can carry
	resumed   *resumed // goes on with what was interrupted

	choices  choices
	people   *peopleBox
	choose   *widget.Choice // people or a passphrase
	options  fyne.CanvasObject
	secret   *widget.SecretBox
	unlock   *widget.PassphraseField // for the files with a passphrase
	moreOpen bool

	content fyne.CanvasObject
	scroll  *container.Scroll
	body    *fyne.Container
	problem *widget.Text
	place   *widget.Text
	press   *widget.Button
	stop    *widget.Button
}

// choices are what one can set about a plan besides for whom.
type choices struct {
	byPassphrase bool
	armor        bool
	hideNames    bool
	dir          string // "" is beside each original
	policy       safefile.Policy
	removeAfter  bool
}

func newPlanView(s *Screen, paths []string, plan *batch.Plan, err error) *planView {
	if plan == nil {
		plan = &batch.Plan{}
	}
	p := &planView{s: s, paths: paths, plan: plan, err: err}
	p.people = newPeopleBox(s, onlyMe(s.engine.People()), p.update)
	return p
}

// inherit takes over what was chosen for the plan that this one replaces.
func (p *planView) inherit(old *planView) {
	if old == nil {
		return
	}
	p.choices, p.moreOpen = old.choices, old.moreOpen
	p.nearLimit = p.nearLimit || old.nearLimit
	p.resumed = old.resumed
	p.people.who = old.people.who
	p.people.build()
}

// destroy wipes what was typed.
func (p *planView) destroy() {
	if p.secret != nil {
		p.secret.Destroy()
		p.secret = nil
	}
	if p.unlock != nil {
		p.unlock.Destroy()
		p.unlock = nil
	}
}

// build makes the view; again after the groups changed.
func (p *planView) build() {
	if p.problem == nil {
		p.problem = widget.Body("").Tone(theme.Danger)
		p.problem.Hide()
		p.place = widget.Caption("").Fits(widget.FitWrap)
		p.press = widget.PrimaryButton(p.verb(), p.start)
		p.stop = widget.SecondaryButton(text.T("files.cancel"), func() { p.s.Escape() })
		p.body = container.NewVBox()
		trace.Place("plan.go", p.press)
		trace.Place("plan.cancel", p.stop)
		p.scroll = widget.FollowFocus(container.New(page{}, p.body))
		p.content = footed(p.scroll, p.footer())
	}
	p.body.Objects = []fyne.CanvasObject{widget.Column(theme.Gap, p.groups()...)}
	p.body.Refresh()
	p.update()
}

// footer holds what happens to the originals, and the buttons.
func (p *planView) footer() fyne.CanvasObject {
	words := container.NewVBox(widget.Spacer(), p.place, p.problem, widget.Spacer())
	row := container.NewBorder(nil, nil, nil, container.NewCenter(widget.Row(theme.Grid, p.stop, p.press)), words)
	return container.NewStack(widget.NewPanel(theme.Surface, 0),
		container.NewBorder(widget.Rule(), nil, nil, nil, widget.Pad(12, theme.Wide, row)))
}

// footed puts a footer below content, without a gap.
func footed(content, footer fyne.CanvasObject) fyne.CanvasObject {
	return container.New(footLayout{}, content, footer)
}

type footLayout struct{}

func (footLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[1].MinSize().AddWidthHeight(0, 64)
}

func (footLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[1].MinSize().Height
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, size.Height-h))
	o[1].Move(fyne.NewPos(0, size.Height-h))
	o[1].Resize(fyne.NewSize(size.Width, h))
}

// page is the margin around a scrolled page and its greatest width.
type page struct{}

const pageWidth float32 = 880

func (page) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(2*theme.Wide, 2*theme.Wide)
}

func (page) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := fyne.Min(pageWidth, size.Width-2*theme.Wide)
	o[0].Resize(fyne.NewSize(w, size.Height-2*theme.Wide))
	o[0].Move(fyne.NewPos((size.Width-w)/2, theme.Wide))
}

// groups are the cards of the plan, one for each kind of thing.
func (p *planView) groups() []fyne.CanvasObject {
	var cards []fyne.CanvasObject
	if p.err != nil {
		what, do := text.FaultOf(p.err)
		cards = append(cards, widget.Note(theme.Danger, what+" "+do))
	}
	if p.nearLimit {
		cards = append(cards, widget.Note(theme.Warning, text.T("files.drop.large")))
	}
	cards = append(cards, p.resumed.cards()...)
	if len(p.plan.Encrypt) > 0 {
		cards = append(cards, p.encryptCard())
	}
	if len(p.plan.Open) > 0 {
		cards = append(cards, p.openCard())
	}
	if len(p.plan.Special) > 0 {
		cards = append(cards, p.specialCard())
	}
	if len(p.plan.Refused) > 0 {
		cards = append(cards, p.refusedCard())
	}
	if p.anything() {
		cards = append(cards, p.optionsBlock())
	}
	return cards
}

// openable splits the encrypted files: those that a key may open, those that
// need a passphrase, and those that nothing here opens.
func (p *planView) openable() (byKey, byPassphrase, never []batch.Item) {
	for _, it := range p.plan.Open {
		switch it.Access {
		case batch.ByPassphrase:
			byPassphrase = append(byPassphrase, it)
		case batch.NoAccess, batch.Unreadable:
			never = append(never, it)
		default:
			byKey = append(byKey, it)
		}
	}
	return byKey, byPassphrase, never
}

// anything says whether the button has something to do.
func (p *planView) anything() bool {
	byKey, byPassphrase, _ := p.openable()
	return len(p.plan.Encrypt)+len(byKey)+len(byPassphrase) > 0
}

// verb is the word on the button.
func (p *planView) verb() string {
	byKey, byPassphrase, _ := p.openable()
	opens := len(byKey)+len(byPassphrase) > 0
	switch {
	case len(p.plan.Encrypt) > 0 && opens:
		return text.T("files.plan.go.both")
	case opens:
		return text.T("files.plan.go.open")
	}
	return text.T("files.plan.go.encrypt")
}

// update brings the foot in line with what is chosen above it.
func (p *planView) update() {
	if p.press == nil {
		return
	}
	p.press.SetLabel(p.verb())
	show(p.press, p.anything())
	if p.anything() {
		p.stop.SetLabel(text.T("files.cancel"))
	} else {
		p.stop.SetLabel(text.T("files.close"))
	}
	if p.ready() {
		p.press.Enable()
	} else {
		p.press.Disable()
	}
	p.place.Set(p.placeSentence())
	show(p.place, p.anything())
}

// ready says whether all that the button needs is there.
func (p *planView) ready() bool {
	if len(p.plan.Encrypt) > 0 {
		if p.choices.byPassphrase && (p.secret == nil || !p.secret.Ready()) {
			return false
		}
		if !p.choices.byPassphrase && !p.people.ready() {
			return false
		}
	}
	return p.unlock == nil || !p.unlock.Empty()
}

// placeSentence says where the results go and what becomes of the originals.
func (p *planView) placeSentence() string {
	where := text.T("files.place.beside")
	if p.choices.dir != "" {
		where = text.T("files.place.folder", "folder", text.Name(p.choices.dir))
	}
	if len(p.plan.Encrypt) > 0 && p.choices.removeAfter {
		return where + " " + text.T("files.place.removed")
	}
	return where + " " + text.T("files.place.stay")
}

// focus puts the keyboard on what is to be done next: the passphrase that is
// asked for, else the button.
func (p *planView) focus() {
	var first fyne.Focusable = p.press
	switch {
	case p.unlock != nil:
		first = p.unlock
	case p.choices.byPassphrase && p.secret != nil:
		first = p.secret.Field
	case !p.anything():
		first = p.stop
	}
	p.s.window.Canvas().Focus(first)
}

// start does what the plan says.
func (p *planView) start() {
	if !p.ready() {
		return
	}
	runs, err := p.jobs()
	for _, r := range runs {
		r.choices = p.choices
		p.s.begin(r)
	}
	p.s.goesOn(p.resumed, runs)
	if err != nil {
		p.fail(err)
		return
	}
	p.s.dropPlan()
	p.s.showRest()
	p.s.Shown()
}

// fail says why a job could not begin; what did begin goes on.
func (p *planView) fail(err error) {
	what, do := text.Fault(fault.As(err))
	p.problem.Set(what + " " + do)
	p.problem.Show()
	p.place.Hide()
	p.content.Refresh()
}

// jobs starts one job for each group: encrypt, open by key, open by passphrase.
func (p *planView) jobs() ([]*run, error) {
	var runs []*run
	byKey, byPassphrase, _ := p.openable()
	if len(p.plan.Encrypt) > 0 {
		r, err := p.encrypt()
		if err != nil {
			return runs, err
		}
		runs = append(runs, r)
	}
	opt := batch.OpenOptions{Dir: p.choices.dir, Policy: p.choices.policy}
	if len(byKey) > 0 {
		j, err := p.s.engine.Decrypt(&batch.Plan{Open: byKey}, opt)
		if err != nil {
			return runs, err
		}
		runs = append(runs, &run{job: j, work: opening, items: byKey, opts: opt})
	}
	if len(byPassphrase) > 0 {
		typed := opt
		typed.Passphrase = p.unlock.Copy()
		j, err := p.s.engine.Decrypt(&batch.Plan{Open: byPassphrase}, typed)
		if err != nil {
			return runs, err
		}
		runs = append(runs, &run{job: j, work: opening, items: byPassphrase, opts: opt, typed: true})
	}
	return runs, nil
}

func (p *planView) encrypt() (*run, error) {
	opt := batch.EncryptOptions{
		Armor: p.choices.armor, HideNames: p.choices.hideNames, Dir: p.choices.dir,
		Policy: p.choices.policy, RemoveOriginals: p.choices.removeAfter,
	}
	r := &run{work: encrypting, items: p.plan.Encrypt}
	if p.choices.byPassphrase {
		opt.Passphrase = p.secret.Field.Copy()
	} else {
		to, err := p.people.who.recipients()
		if err != nil {
			return nil, err
		}
		opt.To, r.who, r.people = to, p.people.names(), p.people.who
		opt.NoAgent, r.agent = p.people.who.alone, p.people.who.agentName()
	}
	plan := &batch.Plan{Encrypt: p.plan.Encrypt, Bytes: p.plan.Bytes, Files: p.plan.Files}
	j, err := p.s.engine.Encrypt(plan, opt)
	r.job = j
	return r, err
}
