package main

import (
	"os"
	"testing"

	"cryptodesk/engine/keyring/witness"
)

func TestMain(m *testing.M) { os.Exit(witness.Run(m)) }
