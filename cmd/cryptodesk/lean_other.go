//go:build !linux

package main

func dropCode() {}
