// Package exchange keeps what a profile sends to contacts and receives from
// them: the encrypted copies that wait to be sent (the outbox), the readiness
// to receive and when it ends, the questions that only a person can answer, and
// one job for each exchange, for whoever shows how far it is.
//
// It may import transfer, which does the work on the wire, batch to encrypt
// what is to be sent, job, identity, agefile, safefile, secret and fault. It
// never keeps a private key: the signing key comes in for as long as one
// receives, or one exchange lasts, and nothing but that; what it sends is
// encrypted before it is sent, and what it receives is never opened here.
package exchange
