package transfer

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cryptodesk/engine/exchange"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/transfer"
	"cryptodesk/gui/clip"
	"cryptodesk/gui/form"
	"cryptodesk/gui/text"
	"cryptodesk/gui/theme"
	"cryptodesk/gui/trace"
	"cryptodesk/gui/widget"
)

// meeting is the sheet in which two people who talk to each other become
// contacts: both open it, one types the other's address, and each types the two
// words that the other reads out.
type meeting struct {
	window fyne.Window
	engine Engine
	form   *form.Form
	end    context.CancelFunc

	address *widget.Field
	words   *widget.Field
	met     *transfer.Meeting
}

func meet(w fyne.Window, eng Engine) {
	m := &meeting{window: w, engine: eng}
	do := widget.PrimaryButton(text.T("transfer.meet.connect"), m.connect)
	m.form = form.New(w, text.T("transfer.meet.title"), do)
	ctx, end := context.WithCancel(context.Background())
	m.end = end
	m.form.Wipe = append(m.form.Wipe, func() {
		end()
		if m.met != nil {
			go m.met.Close() // it says goodbye, which may take a moment
		}
	})
	mine := widget.Body(text.T("transfer.meet.opening")).Mono()
	copying := widget.LinkButton(text.T("transfer.ready.copy"), func() { clip.Copy(mine.Content()) }).Small()
	m.address = widget.NewField(text.T("transfer.meet.address"), text.T("transfer.send.example"))
	m.address.OnSubmitted = func(string) { m.connect() }
	m.address.OnChanged = func(string) { m.form.Typed() }
	m.form.Inputs = append(m.form.Inputs, m.address)
	m.form.Fields.Add(widget.Body(text.T("transfer.meet.lead")))
	m.form.Fields.Add(widget.CardPadded(12, container.NewBorder(nil, nil, container.NewCenter(widget.NewIcon("computer", theme.Muted, 24)),
		container.NewCenter(copying), widget.Pad(0, 12, widget.Column(0, widget.Caption(text.T("transfer.meet.mine")), mine)))))
	m.form.Fields.Add(widget.Column(theme.Half, widget.Strong(text.T("transfer.meet.theirs")), widget.Pad(2, 2, m.address)))
	trace.Place("meet.address", m.address)
	trace.Place("meet.do", do)
	m.form.Open(m.address)
	m.host(ctx, mine)
}

// host waits for the other, in case it is they who type the address.
func (m *meeting) host(ctx context.Context, mine *widget.Text) {
	host, err := m.engine.HostMeeting(ctx, exchange.Address("", 0))
	if err != nil {
		mine.Set(form.Sentence(err))
		return
	}
	at := exchange.Reachable(host.Addr())[0]
	mine.Set(at)
	trace.Event("meet.waiting", map[string]any{"address": at})
	var met *transfer.Meeting
	form.Away(func() { met, err = host.Wait(ctx) }, func() {
		if err == nil {
			m.begin(met)
		}
	})
}

// connect goes to the address that the other sees.
func (m *meeting) connect() {
	at, err := exchange.ParseAddress(m.address.Text)
	if err != nil {
		m.form.Fail(fault.New(fault.BadAddress, "", nil))
		m.form.Focus(m.address)
		return
	}
	var met *transfer.Meeting
	m.form.Run(text.T("transfer.meet.connecting"), func(ctx context.Context) (err error) {
		met, err = m.engine.Meet(ctx, at)
		return err
	}, func(err error) {
		if err != nil {
			m.form.Fail(err)
			return
		}
		m.begin(met)
	})
}

// begin shows the words; the first of two connections counts.
func (m *meeting) begin(met *transfer.Meeting) {
	if m.met != nil || m.form.Sheet.Closed() {
		go met.Close()
		return
	}
	m.met = met
	who := text.Name(met.Contact.Name)
	m.words = widget.NewField(text.T("transfer.meet.hear", "name", who), text.T("transfer.meet.example"))
	m.words.OnSubmitted = func(string) { m.hear() }
	m.words.OnChanged = func(string) { m.form.Typed() }
	trace.Place("meet.words", m.words)
	say := widget.Title(strings.Join(met.Say[:], "   ")).Align(fyne.TextAlignCenter)
	m.form.Ask(text.T("transfer.meet.with", "name", who), widget.Column(theme.Gap,
		widget.Body(text.T("transfer.meet.say", "name", who)), widget.Tinted(theme.AccentSoft, widget.Pad(theme.Grid, 0, say)),
		widget.Column(theme.Half, widget.Strong(text.T("transfer.meet.hear", "name", who)), widget.Pad(2, 2, m.words)),
		widget.Muted(text.T("transfer.meet.once"))), text.T("app.cancel"), text.T("transfer.meet.compare"), m.hear)
	m.form.Inputs = []fyne.Disableable{m.words}
	m.form.Focus(m.words)
	trace.Event("meet.words", map[string]any{"say": strings.Join(met.Say[:], " ")})
}

// hear compares; there is one try.
func (m *meeting) hear() {
	typed := strings.Fields(m.words.Text)
	if len(typed) != 2 {
		m.form.Say(text.T("transfer.meet.two"))
		m.form.Focus(m.words)
		return
	}
	var c identity.Contact
	m.form.Run(text.T("transfer.meet.waiting", "name", text.Name(m.met.Contact.Name)), func(ctx context.Context) (err error) {
		c, err = m.engine.Hear(ctx, m.met, [2]string(typed))
		return err
	}, func(err error) {
		switch {
		case err != nil && m.form.Sheet.Closed():
		case err != nil:
			m.form.Finish(text.T("transfer.meet.failed"), widget.Note(theme.Danger, form.Sentence(err)), "", nil)
		case m.form.Sheet.Closed():
			widget.Toast(m.window.Canvas(), theme.OK, text.T("transfer.meet.done", "name", text.Name(c.Name)))
		default:
			m.form.Finish(text.T("transfer.meet.title"), widget.Note(theme.OK, text.T("transfer.meet.done", "name", text.Name(c.Name))), "", nil)
			trace.Event("meet.done", nil)
		}
	})
}
