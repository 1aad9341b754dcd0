package main

import (
	"fmt"
	"slices"
	"strings"

	"cryptodesk/engine"
	"cryptodesk/engine/fault"
	"cryptodesk/engine/identity"
	"cryptodesk/engine/keyring"
)

// setGroup makes a group, or gives the one of that name these members.
func (c *call) setGroup(eng *engine.Engine, args []string) error {
	group := keyring.Group{Name: args[0]}
	for _, name := range args[1:] {
		who, err := eng.Contact(name)
		if err != nil {
			return err
		}
		group.Members = append(group.Members, who.ID())
	}
	old := ""
	if g, ok := findGroup(eng, args[0]); ok {
		old, group.Name = g.Name, g.Name
	}
	if err := eng.SetGroup(c.ctx, old, group); err != nil {
		return err
	}
	if name, err := identity.CleanName(group.Name); err == nil && !c.quiet {
		if g, ok := findGroup(eng, name); ok {
			c.printGroup(eng, g)
		}
	}
	return nil
}

func findGroup(eng *engine.Engine, name string) (keyring.Group, bool) {
	for _, g := range eng.Groups() {
		if identity.SameName(g.Name, name) {
			return g, true
		}
	}
	return keyring.Group{}, false
}

func (c *call) listGroups(eng *engine.Engine) error {
	for _, g := range eng.Groups() {
		c.printGroup(eng, g)
	}
	return nil
}

func (c *call) printGroup(eng *engine.Engine, g keyring.Group) {
	names := []string{}
	for _, id := range g.Members {
		if who, err := eng.Contact(id); err == nil {
			names = append(names, who.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	if c.json {
		c.emit(struct {
			Name    string   `json:"name"`
			Members []string `json:"members"`
		}{g.Name, names})
		return
	}
	fmt.Fprintf(c.out, "%s: %s\n", g.Name, strings.Join(names, ", "))
}

// ungroup forgets a group; its members stay contacts.
func (c *call) ungroup(eng *engine.Engine, args []string) error {
	name := strings.Join(args, " ")
	g, ok := findGroup(eng, name)
	if !ok {
		return fault.New(fault.GroupMissing, name, nil)
	}
	if err := eng.DeleteGroup(c.ctx, g.Name); err != nil {
		return err
	}
	c.say(g.Name, "deleted", "cli.deleted")
	return nil
}
