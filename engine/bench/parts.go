//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"filippo.io/age"

	"cryptodesk/engine/agefile"
	"cryptodesk/engine/agefile/stream"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/safefile"
	"cryptodesk/engine/secret"
)

// parts is where the time of a small file goes: each step by itself, on one
// core, in microseconds a file.
func (b *bench) parts() error {
	const files, group = 2000, 250
	dir := filepath.Join(b.ram, "parts")
	names, err := smallFiles(dir, files)
	if err != nil {
		return err
	}
	store := safefile.New(filepath.Join(b.disk, "journal"))
	defer store.Close()
	fmt.Printf("where the time of one small file goes (tmpfs, one core, us a file)\n")
	report := func(step string, start time.Time) {
		fmt.Printf("  %-44s %6.1f\n", step, time.Since(start).Seconds()*1e6/files)
	}

	for _, who := range []person{b.hybrid, b.x25519} {
		to, kind, err := recipient(who)
		if err != nil {
			return err
		}
		start := time.Now()
		for range files {
			h, err := agefile.NewHeader(to)
			if err != nil {
				return err
			}
			h.Destroy()
		}
		report("header for one "+kind+" recipient", start)
	}

	body, key := make([]byte, smallFile), make([]byte, stream.KeySize)
	sealed := make([]byte, 0, stream.EncryptedSize(smallFile))
	start := time.Now()
	for range files {
		secret.Do(func() { sealed = stream.SealSmall(sealed[:0], body, key, [stream.NonceSize]byte{}) })
	}
	report("payload", start)

	start = time.Now()
	for _, name := range names {
		src, err := safefile.OpenSource(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if _, err := src.ReadAt(body, 0); err != nil {
			return err
		}
		if err := src.Changed(); err != nil {
			return err
		}
		src.Close()
	}
	report("open, read, look whether it changed", start)

	var publish time.Duration
	start = time.Now()
	for from := 0; from < files; from += group {
		var made []*safefile.File
		for _, name := range names[from:min(from+group, files)] {
			f, err := store.Create(filepath.Join(dir, name+".age"), 0o600)
			if err != nil {
				return err
			}
			if _, err := f.WriteAt(sealed, 0); err != nil {
				return err
			}
			made = append(made, f)
		}
		flush := time.Now()
		for _, r := range safefile.CommitAll(context.Background(), made, safefile.Refuse) {
			if r.Err != nil {
				return r.Err
			}
		}
		publish += time.Since(flush)
	}
	report("make and write the new file", start.Add(publish))
	report("flush and publish it, in groups", time.Now().Add(-publish))
	return nil
}

func recipient(p person) (age.Recipient, string, error) {
	r, err := identity.ParseRecipient(p.recipient)
	if err != nil {
		return nil, "", err
	}
	to, err := r.Age(nil)
	return to, string(r.Kind), err
}
