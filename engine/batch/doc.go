// Package batch plans and runs many inputs in one job: it looks at dropped
// paths and says what would happen, then encrypts, opens or re-addresses them,
// small files side by side and large ones over all cores.
//
// It owns the choice of result names, the order of work, and when a group of
// small files is flushed and published together. It may import agefile,
// safefile, job, identity, secret and fault; it knows nothing of keyrings or
// sessions (keys come in through Keys), and never reads or writes a header or
// a payload itself.
package batch
