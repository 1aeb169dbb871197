package main

import (
	"io"
	"log"
	"net/http"
	"strings"
	"time"
)

func serve(address string) {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Addr: address, Protocols: &protocols, Handler: http.HandlerFunc(handle)}
	log.Fatal(server.ListenAndServe())
}

type counting struct {
	http.ResponseWriter
	bytes  int
	status int
}

func (c *counting) WriteHeader(status int) {
	c.ResponseWriter.WriteHeader(status)
	if status >= 200 {
		c.status = status
	}
}

func (c *counting) Write(part []byte) (int, error) {
	n, err := c.ResponseWriter.Write(part)
	c.bytes += n
	return n, err
}

func (c *counting) flush() {
	c.ResponseWriter.(http.Flusher).Flush()
}

func handle(writer http.ResponseWriter, request *http.Request) {
	response := &counting{ResponseWriter: writer, status: 200}
	asked, _ := io.ReadAll(request.Body)
	told := entry{
		Protocol:  protocolName(request.Proto),
		Method:    request.Method,
		Authority: request.Host,
		Path:      request.RequestURI,
		Request:   message{Trailers: fields(request.Trailer), BodyBytes: len(asked)},
	}
	switch request.URL.Path {
	case "/flushed":
		for part := 1; part <= 4; part++ {
			io.WriteString(response, strings.Repeat("f", part*200))
			response.flush()
			time.Sleep(5 * time.Millisecond)
		}
	case "/trailers":
		response.Header().Set("Trailer", "X-Sum")
		io.WriteString(response, "summed")
		response.Header().Set("X-Sum", "42")
		told.Response.Trailers = []field{{"X-Sum", "42"}}
	case "/hints":
		response.Header().Set("Link", "</a.css>; rel=preload")
		response.WriteHeader(http.StatusEarlyHints)
		io.WriteString(response, "hinted")
	case "/missing":
		http.Error(response, "not here", http.StatusNotFound)
	case "/nothing":
		response.WriteHeader(http.StatusNoContent)
	default:
		response.Header().Set("Content-Type", "application/octet-stream")
		response.Write(asked)
	}
	told.Status = response.status
	if request.Method != http.MethodHead {
		told.Response.BodyBytes = response.bytes
	}
	told.log()
}
