// `probe serve ADDRESS` answers each request with its host's name. `probe get URL TEXT …` asks each until its answer
// begins with TEXT.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const requestTimeout = 2 * time.Second
const pauseBetweenRequests = 100 * time.Millisecond

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[2], http.HandlerFunc(sayHostName)))
		os.Exit(1)
	case len(os.Args) >= 4 && len(os.Args)%2 == 0 && os.Args[1] == "get":
		for next := 2; next < len(os.Args); next += 2 {
			getUntil(os.Args[next], os.Args[next+1])
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: probe serve ADDRESS | probe get URL TEXT …")
		os.Exit(2)
	}
}

func sayHostName(response http.ResponseWriter, _ *http.Request) {
	name, err := os.Hostname()
	if err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(response, name)
}

func getUntil(url, text string) {
	client := &http.Client{Timeout: requestTimeout}
	for {
		answer, err := get(client, url)
		if err == nil && strings.HasPrefix(answer, text) {
			fmt.Print(answer)
			return
		}
		fmt.Fprintf(os.Stderr, "%s: %q, %v\n", url, answer, err)
		time.Sleep(pauseBetweenRequests)
	}
}

func get(client *http.Client, url string) (string, error) {
	response, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}
