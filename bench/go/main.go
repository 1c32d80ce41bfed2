// Times one expression in expr-lang's Go implementation: the floor of our own. Prints nanoseconds per evaluation.
package main

import (
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/expr-lang/expr"
)

func main() {
	env := map[string]any{"a": "x", "b": 120}
	program, err := expr.Compile(os.Args[1], expr.Env(env))
	if err != nil {
		panic(err)
	}
	times := make([]float64, 9)
	for i := range times {
		times[i] = perRun(func() error { _, err := expr.Run(program, env); return err })
	}
	sort.Float64s(times)
	fmt.Println(times[len(times)/2])
}

func perRun(work func() error) float64 {
	const count = 200_000
	from := time.Now()
	for i := 0; i < count; i++ {
		if err := work(); err != nil {
			panic(err)
		}
	}
	return float64(time.Since(from).Nanoseconds()) / count
}
