# CryptoDesk. `make run` is all a person needs; `make test` is all a developer needs. `make help` lists the rest.

GO      ?= go
PROGRAM := build/cryptodesk
FUZZTIME ?= 60s
TESTFLAGS ?=
BENCHFLAGS ?=

# Wiping inside the runtime exists on two platforms; the same source builds without it elsewhere.
ifneq (,$(filter linux-amd64 linux-arm64,$(shell $(GO) env GOOS)-$(shell $(GO) env GOARCH)))
export GOEXPERIMENT := runtimesecret
endif
# Without -DNDEBUG an empty drop aborts the program in a C assertion. Any other value makes the cgo cache cold (minutes).
WINDOW := CGO_ENABLED=1 CGO_CFLAGS="-O2 -DNDEBUG" $(GO) build -trimpath -buildvcs=false -tags migrated_fynedo
# Tests of widgets draw in memory and need no C compiler. With quickscrypt passphrases are cheap, in tests alone: the real
# program, which the others play with, has scrypt as it ships.
TEST := CGO_ENABLED=0 $(GO) test -trimpath -tags ci,migrated_fynedo,quickscrypt
DESK := CGO_ENABLED=0 $(GO) test -trimpath -tags e2e,ci,migrated_fynedo

# The one list of system packages. What ends in _window builds and runs the program,
# what ends in _test plays and tests it on a virtual display.
LIBRARIES_window := gl egl x11 xrandr xi xcursor xinerama xxf86vm wayland-client wayland-cursor wayland-egl xkbcommon
PROGRAMS_window  := cc pkg-config
APT_window    := gcc libc6-dev pkg-config libgl-dev libegl-dev libx11-dev libxrandr-dev libxi-dev libxcursor-dev \
                 libxinerama-dev libxxf86vm-dev libwayland-dev libxkbcommon-dev libgl1-mesa-dri
DNF_window    := gcc glibc-devel pkgconf-pkg-config mesa-libGL-devel mesa-libEGL-devel libX11-devel libXrandr-devel \
                 libXi-devel libXcursor-devel libXinerama-devel libXxf86vm-devel wayland-devel libxkbcommon-devel \
                 mesa-dri-drivers
PACMAN_window := gcc pkgconf mesa libglvnd libx11 libxrandr libxi libxcursor libxinerama libxxf86vm wayland libxkbcommon
PROGRAMS_test := ip ss Xvfb dbus-daemon ssh-keygen openssl tar zbarimg pdftotext pdftoppm mutool gs qpdf
APT_test      := iproute2 xvfb dbus openssh-client openssl tar zbar-tools poppler-utils mupdf-tools ghostscript qpdf
DNF_test      := iproute xorg-x11-server-Xvfb dbus-daemon openssh openssl tar zbar poppler-utils mupdf ghostscript qpdf
PACMAN_test   := iproute2 xorg-server-xvfb dbus openssh openssl tar zbar poppler mupdf-tools ghostscript qpdf

ROOMS := ./assets/... ./cmd/... ./engine/... ./gui/...

.PHONY: help run build deps deps-window deps-test test test-unit test-e2e proof build-nowipe race bench bench-engine bench-start fuzz lint tour screenshots clean

help:
	@echo "run          build the program and open its window; without a display, play the tour"
	@echo "build        $(PROGRAM)"
	@echo "deps         check the system packages and install what is missing"
	@echo "test         everything: engine, widgets, command line, real windows on a virtual display"
	@echo "test-unit    the part of it that needs no display"
	@echo "test-e2e     the part of it that plays on a virtual display; pictures in build/e2e/"
	@echo "proof        the memory of the real program searched for every secret, PROOF_RUNS times ($(PROOF_RUNS)); needs root"
	@echo "race         engine tests under the race detector"
	@echo "bench        speed and memory against age, cp and the cipher's own limit (BENCHFLAGS=-only=speed ...)"
	@echo "bench-engine the Go benchmarks of the engine"
	@echo "bench-start  time to the window, memory and CPU when idle"
	@echo "fuzz         every fuzz target for FUZZTIME ($(FUZZTIME))"
	@echo "lint         gofmt, vet, staticcheck, golangci-lint"
	@echo "tour         the main job on a virtual display; pictures in build/tour/"

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(PROGRAM); fi; \
	echo "There is no display here: playing the main job on a virtual one, with pictures in build/tour/."; \
	exec $(MAKE) --no-print-directory tour

build: deps-window
	$(WINDOW) -o $(PROGRAM) ./cmd/cryptodesk

deps: deps-window deps-test

# Everything there? Then nothing happens, on any distribution. Otherwise apt installs, and dnf and pacman are told.
deps-window deps-test: deps-%:
	@missing=""; \
	for p in $(PROGRAMS_$*); do command -v $$p >/dev/null || missing="$$missing $$p"; done; \
	for l in $(LIBRARIES_$*); do pkg-config --exists $$l 2>/dev/null || missing="$$missing lib:$$l"; done; \
	echo '#include <stdlib.h>' | cc -E - >/dev/null 2>&1 || missing="$$missing lib:c"; \
	[ -n "$$missing" ] || exit 0; \
	echo "Missing on this system:$$missing"; \
	root=""; [ "$$(id -u)" = 0 ] || root="sudo"; \
	if command -v apt-get >/dev/null; then \
		echo "Installing with apt: $(APT_$*)"; \
		$$root apt-get update -q && \
		$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(APT_$*); \
	elif command -v dnf >/dev/null; then \
		echo "Please run: $${root:+$$root }dnf install $(DNF_$*)"; exit 1; \
	elif command -v pacman >/dev/null; then \
		echo "Please run: $${root:+$$root }pacman -S --needed $(PACMAN_$*)"; exit 1; \
	else \
		echo "Please install what these Debian packages hold: $(APT_$*)"; exit 1; \
	fi

test: test-unit test-e2e

test-unit: deps
	$(TEST) $(TESTFLAGS) -timeout 30m $(ROOMS)

test-e2e: deps-test build build-nowipe build/age build/age-keygen
	$(DESK) $(TESTFLAGS) -count=1 -parallel 3 -timeout 40m ./cmd/cryptodesk/e2e ./cmd/cryptodesk/internal/desk ./cmd/cryptodesk/proof

# Needs root, to read the memory of a program that is closed to everybody else. With gdb the cores are gdb's.
PROOF_RUNS ?= 30
proof: deps-test build build-nowipe
	PROOF_RUNS=$(PROOF_RUNS) PROOF_CORE=gdb $(DESK) $(TESTFLAGS) -count=1 -timeout 0 -v -run '^TestMemoryProof$$' ./cmd/cryptodesk/proof

# The positive control: it wipes nothing, says so wherever it says its version, and is never shipped.
build-nowipe: deps-window
	$(WINDOW),nowipe -o $(PROGRAM)-nowipe ./cmd/cryptodesk

# What has one goroutine, formats and pictures above all, is ten times as slow here and shows nothing new.
RACE_ROOMS := ./engine ./engine/recovery ./engine/recovery/agent ./engine/recovery/search ./engine/agefile/... ./engine/batch ./engine/exchange ./engine/identity ./engine/job ./engine/keyring ./engine/safefile ./engine/secret ./engine/session ./engine/transfer
RACE_SKIP  := Stock|CCTV|Exported|MemoryForgets|IsTheLibrarys
race: deps
	CGO_ENABLED=1 CGO_CFLAGS="-O2 -DNDEBUG" $(GO) test -trimpath -tags quickscrypt -race -skip '$(RACE_SKIP)' $(TESTFLAGS) -timeout 40m $(RACE_ROOMS)

bench: build build/age build/age-keygen
	CGO_ENABLED=0 $(GO) run -trimpath ./engine/bench $(BENCHFLAGS)

bench-engine:
	CGO_ENABLED=0 $(GO) test -trimpath -run '^$$' -bench . -benchmem ./engine/...

bench-start: deps-test build build/age build/age-keygen
	$(DESK) -count=1 -run '^TestStartCost$$' -v ./cmd/cryptodesk/e2e

fuzz:
	@grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' assets cmd engine gui | sort -u | wc -l | xargs echo "fuzz targets:"
	@set -e; for file in $$(grep -rlE --include='*_test.go' '^func Fuzz' assets cmd engine gui | sort); do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+).*/\1/p' $$file); do \
			echo "$$target ($$(dirname $$file))"; \
			CGO_ENABLED=0 $(GO) test -trimpath -tags ci,migrated_fynedo -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./$$(dirname $$file); \
		done; \
	done

# Linters come from their own modules, so that they are no dependency of the program.
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
VULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
INSTALL     := GOBIN=$(CURDIR)/build/bin GOEXPERIMENT= $(GO) install
LINT_TAGS   := e2e,ci,migrated_fynedo

lint:
	@unformatted=$$(gofmt -l assets cmd engine gui); [ -z "$$unformatted" ] || { echo "not gofmt:"; echo "$$unformatted"; exit 1; }
	CGO_ENABLED=0 $(GO) vet -tags $(LINT_TAGS) $(ROOMS)
	CGO_ENABLED=0 $(STATICCHECK) -tags $(LINT_TAGS) $(ROOMS)
	@if [ -x build/bin/golangci-lint ] || $(INSTALL) $(GOLANGCI); then \
		CGO_ENABLED=0 build/bin/golangci-lint run --build-tags $(LINT_TAGS) $(ROOMS); \
	else echo "golangci-lint does not install here: left out"; fi
	@if [ -x build/bin/govulncheck ] || $(INSTALL) $(VULNCHECK) 2>/dev/null; then \
		CGO_ENABLED=0 build/bin/govulncheck -tags $(LINT_TAGS) $(ROOMS); \
		case $$? in 0) ;; 3) exit 1;; *) echo "the list of known vulnerabilities cannot be reached: left out";; esac; \
	else echo "govulncheck does not install here: left out"; fi

tour: deps-test build build/age
	CGO_ENABLED=0 $(GO) run -trimpath ./cmd/cryptodesk/tour -program $(PROGRAM) -age build/age -out build/tour

# The pictures of README come from the same story.
screenshots: deps-test build build/age build/age-keygen
	CGO_ENABLED=0 $(GO) run -trimpath ./cmd/cryptodesk/tour -program $(PROGRAM) -age build/age -out build/tour-light -theme light
	mkdir -p assets/screenshots
	cp build/tour-light/*-files.png assets/screenshots/files.png
	cp build/tour-light/*-encrypt-plan.png assets/screenshots/plan.png
	cp build/tour-light/*-encrypt-done.png assets/screenshots/done.png
	rm -rf build/e2e/TestKeysStory
	$(DESK) -count=1 -run 'TestKeysStory/light-en' ./cmd/cryptodesk/e2e
	cp build/e2e/TestKeysStory/light-en/*-verify.png assets/screenshots/verify.png
	cp build/e2e/TestKeysStory/light-en/*-contacts.png assets/screenshots/keys.png
	rm -rf build/e2e/TestTransferStory build/e2e/TestEveryWayLeadsBack
	$(DESK) -count=1 -run 'TestTransferStory/light-en|TestEveryWayLeadsBack$$' ./cmd/cryptodesk/e2e
	cp build/e2e/TestTransferStory/light-en/*-received.png assets/screenshots/transfer.png
	cp build/e2e/TestEveryWayLeadsBack/*-three-ways.png assets/screenshots/recovery.png

# The stock program, as go.mod pins it.
build/age build/age-keygen: go.mod
	CGO_ENABLED=0 GOEXPERIMENT= $(GO) build -trimpath -o $@ filippo.io/age/cmd/$(@F)

clean:
	rm -rf build
