// Package scan looks for known secrets in the memory of a process: the evidence for what the rooms around it promise.
//
// It owns the needles (every form in which a secret could lie about), the search for all of them in one pass, and the
// ways to memory: this process's own, another one's, and a core file. It may import secret and fault. It never prints
// or returns a needle or what stands around one: a [Hit] says where and in which form.
//
// A [Set] keeps its needles in guarded memory, and its index holds hashes under a random key, so that a process that
// searches itself does not plant what it looks for. What it reads goes through one window outside the Go heap, which is
// left out of the search and wiped.
package scan
