package exchange

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"cryptodesk/engine/batch"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/job"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/transfer"
)

// Sending says what goes to whom.
type Sending struct {
	Key   Key // taken over
	To    transfer.Peer
	For   identity.Recipient // what is not encrypted yet is encrypted to
	Vault Vault
	Paths []string
	// Where answers the addresses to try, the best first; it is asked again before every
	// try, since people move.
	Where func() []string
	// Patience is how long an interrupted exchange, or one that nobody answers, is
	// tried again; 0 is not at all.
	Patience time.Duration
}

// Send starts to send. Files that are age files go as they are, contact cards and
// release requests as text, everything else encrypted to the receiver, a folder
// as one file. The encrypted copies are kept until they arrived, or for seven
// days.
func (s *Service) Send(opt Sending) *Exchange {
	opt.Paths = absolute(opt.Paths)
	x := &Exchange{ID: transfer.NewID(), Peer: opt.To, changed: s.tell}
	all := make([]job.Row, len(opt.Paths))
	for i, path := range opt.Paths {
		all[i] = job.Row{Path: path, Name: safefile.Visible(filepath.Base(path)), Total: -1, Items: 1}
	}
	ready := make(chan struct{})
	x.Job = job.Start(s.ctx, all, func(ctx context.Context, t *job.Tracker) error {
		defer opt.Key.Destroy()
		<-ready
		return s.send(ctx, x, t, opt)
	})
	close(ready)
	s.add(x)
	return x
}

func (s *Service) send(ctx context.Context, x *Exchange, t *job.Tracker, opt Sending) error {
	me, err := transfer.NewMe(opt.Key)
	if err != nil {
		return err
	}
	p, dir, err := s.pack(ctx, opt)
	for err == nil && !s.box.take(dir) { // it is on its way already, and is packed once more
		p, dir, err = s.pack(ctx, opt)
	}
	if err != nil {
		return err
	}
	defer s.box.give(dir)
	for i, e := range p.Offer.Entries {
		t.SetTotal(i, e.Size)
	}
	err = s.deliver(ctx, x, newMeter(t), me, p, opt)
	later := errors.Is(context.Cause(ctx), transfer.ErrLater)
	if err == nil || fault.Of(err) == fault.Cancelled && !later || fault.Of(err) == fault.Declined {
		_ = os.RemoveAll(dir) // what cannot be removed now is swept later
	}
	return err
}

// deliver tries until everything arrived.
func (s *Service) deliver(ctx context.Context, x *Exchange, m *meter, me *transfer.Me, p *transfer.Parcel, opt Sending) error {
	moved := time.Now()
	pause := firstPause
	for {
		err := s.try(ctx, x, me, p, opt, func(o *transfer.Offer, entry int, done int64, name string) {
			x.enter(Moving)
			moved, pause = time.Now(), firstPause
			m.moved(entry, done, name)
		})
		if err == nil || !x.again(err) || time.Since(moved) > opt.Patience || opt.Patience == 0 {
			return err
		}
		if k := fault.Of(err); k != fault.Unreachable && k != fault.PeerBusy {
			x.interrupted(err)
		}
		x.enter(Connecting)
		select {
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		case <-ctx.Done():
			return fault.New(fault.Cancelled, opt.To.Name, context.Cause(ctx))
		}
	}
}

const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
)

// again says whether another try can do better without anybody doing anything
// about it. After a connection broke, who is busy over there may be the one who
// has not noticed yet.
func (x *Exchange) again(err error) bool {
	switch fault.Of(err) {
	case fault.Unreachable, fault.Disconnected, fault.PeerLeft:
		return true
	case fault.PeerBusy:
		return len(x.Interruptions()) > 0
	}
	return false
}

// try goes through the addresses until the peer is found.
func (s *Service) try(ctx context.Context, x *Exchange, me *transfer.Me, p *transfer.Parcel, opt Sending, progress transfer.Progress) error {
	x.enter(Connecting)
	var worst error = fault.New(fault.Unreachable, opt.To.Name, nil)
	for _, address := range opt.Where() {
		ch, err := transfer.Dial(ctx, address, me, opt.To)
		if fault.Of(err) == fault.Cancelled {
			return err
		}
		if err != nil {
			worst = err
			continue
		}
		x.enter(Asking)
		return transfer.Send(ctx, ch, p, progress)
	}
	return worst
}

// pack makes the parcel, or takes up one that was left.
func (s *Service) pack(ctx context.Context, opt Sending) (*transfer.Parcel, string, error) {
	if len(opt.Paths) > transfer.MaxEntries { // before anything is encrypted
		return nil, "", fault.New(fault.TooMany, "", nil)
	}
	from, err := look(ctx, opt.Paths)
	if err != nil {
		return nil, "", err
	}
	if p, dir, ok := s.box.find(opt.Vault, opt.To, from); ok {
		return p, dir, nil
	}
	dir, err := s.box.folder()
	if err != nil {
		return nil, "", err
	}
	p, err := s.fill(ctx, dir, opt)
	if err == nil {
		err = s.box.keep(dir, opt.Vault, p, from)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, "", err
	}
	return p, dir, nil
}

// fill encrypts into dir what is not encrypted, and makes a parcel of it all.
func (s *Service) fill(ctx context.Context, dir string, opt Sending) (*transfer.Parcel, error) {
	pieces := make(map[string]transfer.Piece)
	var rest []string
	for _, path := range opt.Paths {
		if request(path) {
			pieces[path] = transfer.Piece{Path: path, Sort: transfer.Paper}
			continue
		}
		rest = append(rest, path)
	}
	plan, err := batch.Look(ctx, rest, batch.Auto, nil)
	if err != nil {
		return nil, err
	}
	for _, it := range plan.Special {
		if it.Special == batch.CardFile {
			pieces[it.Path] = transfer.Piece{Path: it.Path, Sort: transfer.Paper}
			continue
		}
		age, err := batch.Look(ctx, []string{it.Path}, batch.ToOpen, nil)
		if err != nil {
			return nil, err
		}
		if len(age.Open) > 0 { // a deposit, say, is encrypted for whom it is for
			plan.Open = append(plan.Open, age.Open...)
			continue
		}
		it.Special = batch.NotSpecial // a key file, say, is sent like any other
		plan.Encrypt = append(plan.Encrypt, it)
	}
	if len(plan.Refused) > 0 {
		return nil, plan.Refused[0].Problem
	}
	for _, it := range plan.Open {
		if it.Problem != nil {
			return nil, it.Problem
		}
		pieces[it.Path] = transfer.Piece{Path: it.Path, Sort: transfer.File}
	}
	if err := s.encrypt(ctx, plan, dir, opt.For, pieces); err != nil {
		return nil, err
	}
	var all []transfer.Piece
	for _, path := range opt.Paths {
		all = append(all, pieces[path])
	}
	return transfer.Pack(opt.To, all...)
}

func (s *Service) encrypt(ctx context.Context, plan *batch.Plan, dir string, to identity.Recipient, pieces map[string]transfer.Piece) error {
	if len(plan.Encrypt) == 0 {
		return nil
	}
	j, err := batch.Encrypt(ctx, s.store, plan, batch.EncryptOptions{To: []identity.Recipient{to}, Dir: dir})
	if err != nil {
		return err
	}
	<-j.Done()
	for i, it := range plan.Encrypt {
		r := j.Row(i)
		if r.State != job.Done {
			if ctx.Err() != nil {
				return fault.New(fault.Cancelled, it.Path, context.Cause(ctx))
			}
			return fault.As(r.Err)
		}
		pieces[it.Path] = transfer.Piece{Path: r.Out, Sort: transfer.File}
	}
	return nil
}

// request says whether a file is a request to release a deposit, which is signed
// and no secret.
func request(path string) bool {
	src, err := safefile.OpenSource(path)
	if err != nil {
		return false // whoever takes it next says why
	}
	defer src.Close()
	head := make([]byte, len(requestHead))
	n, _ := src.ReadAt(head, 0)
	return string(head[:n]) == requestHead
}

const requestHead = "# CryptoDesk release request"

// absolute is each path once, from the root.
func absolute(paths []string) []string {
	var all []string
	known := make(map[string]bool, len(paths))
	for _, path := range paths {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		if !known[path] {
			known[path] = true
			all = append(all, path)
		}
	}
	return all
}
