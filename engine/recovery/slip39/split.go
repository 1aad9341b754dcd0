package slip39

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"cryptodesk/engine/fault"
	"cryptodesk/engine/secret"
)

const (
	sharesMax   = 16
	idBits      = 15
	secretIndex = 255 // where the polynomials are the secret
	digestIndex = 254 // and where its digest
	digestSize  = 4
)

// Split makes shares of root, any need of which bring it back and fewer say nothing about it; 1 of 1 is root itself in words.
// Each Buffer is the words of one share, in lower case with single spaces, in the order of their index. They have no
// passphrase. root is guarded and stays the caller's. Errors: SharePlan (a number that is not possible, or a root that is not
// 16 to 64 bytes and even).
func Split(root []byte, need, of int) ([]*secret.Buffer, error) {
	if need < 1 || of > sharesMax || need > of || need == 1 && of > 1 || len(root) < sizeMin || len(root) > sizeMax || len(root)%2 != 0 {
		return nil, fault.New(fault.SharePlan, strconv.Itoa(need)+"/"+strconv.Itoa(of), nil)
	}
	set := Set{ID: randomID(), Extendable: true, Groups: 1, GroupsNeed: 1, Size: len(root)}
	shares := make([]*Share, of)
	for i := range shares {
		shares[i] = &Share{Set: set, Index: i, Need: need, value: secret.New(len(root))}
		defer shares[i].Close()
	}
	master := secret.New(len(root))
	defer master.Destroy()
	secret.Do(func() {
		copy(master.Bytes(), root)
		set.encrypt(master.Bytes(), nil)
		split(shares, master.Bytes(), need)
	})
	texts := make([]*secret.Buffer, of)
	for i, s := range shares {
		var err error
		if texts[i], err = s.Words(); err != nil {
			for _, t := range texts {
				t.Destroy()
			}
			return nil, err
		}
	}
	return texts, nil
}

func randomID() int {
	var b [2]byte
	rand.Read(b[:])
	return int(binary.BigEndian.Uint16(b[:])) & (1<<idBits - 1)
}

// split fills in the values of shares. Runs inside secret.Do.
func split(shares []*Share, master []byte, need int) {
	if need == 1 {
		copy(shares[0].value.Bytes(), master)
		return
	}
	var points []point
	for _, s := range shares[:need-2] {
		rand.Read(s.value.Bytes())
		points = append(points, point{x: byte(s.Index), y: s.value.Bytes()})
	}
	digest := make([]byte, len(master))
	defer secret.Wipe(digest)
	rand.Read(digest[digestSize:])
	copy(digest[:digestSize], digestOf(master, digest[digestSize:]))
	points = append(points, point{x: digestIndex, y: digest}, point{x: secretIndex, y: master})
	for _, s := range shares[need-2:] {
		interpolate(s.value.Bytes(), byte(s.Index), points)
	}
}

func digestOf(master, key []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(master)
	return h.Sum(nil)[:digestSize]
}
