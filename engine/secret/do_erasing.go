//go:build goexperiment.runtimesecret && linux && (amd64 || arm64) && !nowipe

package secret

import "runtime/secret"

const erasing = true

func do(f func()) { secret.Do(f) }
