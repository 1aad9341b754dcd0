//go:build !(goexperiment.runtimesecret && linux && (amd64 || arm64)) || nowipe

package secret

const erasing = false

func do(f func()) { f() }
