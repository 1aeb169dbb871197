// Both ends of an HTTP conversation by net/http, HTTP/1.1 or HTTP/2 over plaintext:
//
//	serve ADDRESS                answers and logs every exchange
//	ask URL http1|http2          asks the server everything and logs what came
//
// A line of the log is in the form of expected-exchange.ts.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sort"
)

type field [2]string

type message struct {
	Trailers  []field `json:"trailers,omitempty"`
	BodyBytes int     `json:"bodyBytes"`
}

type entry struct {
	Protocol  string  `json:"protocol"`
	Method    string  `json:"method"`
	Authority string  `json:"authority"`
	Path      string  `json:"path"`
	Status    int     `json:"status"`
	Request   message `json:"request"`
	Response  message `json:"response"`
}

func (e entry) log() {
	line, err := json.Marshal(e)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(line))
}

// protocolName spells HTTP/2.0 as the standard does.
func protocolName(name string) string {
	if name == "HTTP/2.0" {
		return "HTTP/2"
	}
	return name
}

func fields(header http.Header) []field {
	var list []field
	for name, values := range header {
		for _, value := range values {
			list = append(list, field{name, value})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i][0] < list[j][0] })
	return list
}

func main() {
	switch os.Args[1] {
	case "serve":
		serve(os.Args[2])
	case "ask":
		ask(os.Args[2], os.Args[3] == "http2")
	}
}
