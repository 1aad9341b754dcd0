//go:build linux

// Command bench measures the built program against the stock age program, cp
// and the cipher's own limit, and prints what it found beside the promised
// bars. Every contender of a table runs in turn, the order rotating, always
// into new files, and the medians are compared: other work on the machine then
// slows all of them alike. Nothing it measures is linked into it but the
// cipher, for the limit, and the parts that a small file passes through.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// bench is one run of this command.
type bench struct {
	program, age, keygen string // executables
	ram, disk            string // folders to work in
	home                 string // an empty profile
	runs                 int
	size                 int64 // bytes of the large file
	huge                 int64 // bytes of the sparse file
	files                int   // small files in a batch
	loop                 int   // small files for a shell loop of age
	x25519, hybrid       person
}

// person is a key pair in a file, as age-keygen makes it.
type person struct{ recipient, identity string }

func main() {
	b := &bench{}
	flag.StringVar(&b.program, "program", "build/cryptodesk", "the program to measure")
	flag.StringVar(&b.age, "age", "build/age", "the stock age program")
	flag.StringVar(&b.keygen, "keygen", "build/age-keygen", "the stock age-keygen program")
	flag.StringVar(&b.ram, "ram", "/dev/shm", "a folder on tmpfs")
	flag.StringVar(&b.disk, "disk", "build", "a folder on a disk")
	flag.IntVar(&b.runs, "runs", 7, "runs of each contender")
	flag.Int64Var(&b.size, "size", 1<<30, "bytes of the large file")
	flag.Int64Var(&b.huge, "huge", 5<<30, "bytes of the sparse file")
	flag.IntVar(&b.files, "files", 10000, "small files in one job")
	flag.IntVar(&b.loop, "loop", 500, "small files for the shell loop of age")
	only := flag.String("only", "speed,memory,batch,unlock,transfer,search", "what to measure")
	flag.Parse()
	if err := b.run(strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(tables []string) (err error) {
	leave, err := b.enter()
	defer func() { err = errors.Join(err, leave()) }()
	if err != nil {
		return err
	}
	leaveOnSignal(leave)
	fmt.Printf("%s/%s, %d cores, %s\n", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version())
	known := map[string]func() error{"speed": b.speed, "memory": b.memory, "batch": b.batch, "unlock": b.unlock, "transfer": b.transfer, "search": b.search}
	for _, name := range tables {
		table, ok := known[name]
		if !ok {
			return fmt.Errorf("nothing called %q to measure", name)
		}
		if err := table(); err != nil {
			return err
		}
	}
	return nil
}

// leaveOnSignal removes the working folders, gigabytes of them in memory, also
// when somebody has seen enough.
func leaveOnSignal(leave func() error) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	go func() {
		<-stop
		if leave() != nil {
			os.Exit(1)
		}
		os.Exit(130)
	}()
}

// enter makes the working folders and the keys; leave removes them.
func (b *bench) enter() (leave func() error, err error) {
	var made []string
	leave = func() (err error) {
		for _, dir := range made {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		return err
	}
	for _, p := range []*string{&b.program, &b.age, &b.keygen, &b.ram, &b.disk} {
		if *p, err = filepath.Abs(*p); err != nil {
			return leave, err
		}
	}
	for _, p := range []*string{&b.ram, &b.disk} {
		if *p, err = os.MkdirTemp(*p, "cryptodesk-bench-"); err != nil {
			return leave, err
		}
		made = append(made, *p)
	}
	b.home = filepath.Join(b.disk, "home")
	if b.x25519, err = b.newPerson("x25519"); err != nil {
		return leave, err
	}
	b.hybrid, err = b.newPerson("hybrid", "-pq")
	return leave, err
}

func (b *bench) newPerson(name string, args ...string) (person, error) {
	p := person{identity: filepath.Join(b.disk, name+".key")}
	if err := exec.Command(b.keygen, append(args, "-o", p.identity)...).Run(); err != nil {
		return p, fmt.Errorf("%s: %w", b.keygen, err)
	}
	out, err := exec.Command(b.keygen, "-y", p.identity).Output()
	p.recipient = strings.TrimSpace(string(out))
	return p, err
}

// ours is the program's command line for one verb.
func (b *bench) ours(verb string, args ...string) []string {
	return append([]string{b.program, verb, "--home", b.home, "--quiet"}, args...)
}
