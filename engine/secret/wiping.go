//go:build !nowipe

package secret

const wiping = true
