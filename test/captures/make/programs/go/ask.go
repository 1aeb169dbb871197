package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
)

type unsized struct{ io.Reader }

func ask(base string, http2 bool) {
	var protocols http.Protocols
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	client := &http.Client{Transport: &http.Transport{Protocols: &protocols, DisableCompression: true}}
	one(client, "GET", base+"/flushed", nil, nil)
	one(client, "GET", base+"/trailers", nil, nil)
	one(client, "GET", base+"/hints", nil, nil)
	one(client, "HEAD", base+"/flushed?head", nil, nil)
	one(client, "POST", base+"/echo", bytes.NewReader(bytes.Repeat([]byte("p"), 3000)), nil)
	one(client, "POST", base+"/echo?unsized", unsized{strings.NewReader(strings.Repeat("q", 2500))}, nil)
	one(client, "PUT", base+"/echo?trailers", unsized{strings.NewReader("with trailers")}, http.Header{"X-Digest": {"abc"}})
	one(client, "GET", base+"/missing", nil, nil)
	one(client, "DELETE", base+"/nothing", nil, nil)
	var all sync.WaitGroup
	for _, path := range []string{"/flushed?1", "/flushed?2", "/flushed?3"} {
		all.Go(func() { one(client, "GET", base+path, nil, nil) })
	}
	all.Wait()
	client.CloseIdleConnections()
}

func one(client *http.Client, method, url string, body io.Reader, trailer http.Header) {
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		log.Fatal(err)
	}
	request.Trailer = trailer
	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	came, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	told := entry{
		Protocol:  protocolName(response.Proto),
		Method:    method,
		Authority: request.URL.Host,
		Path:      request.URL.RequestURI(),
		Status:    response.StatusCode,
		Response:  message{Trailers: fields(response.Trailer), BodyBytes: len(came)},
	}
	told.Request.Trailers = fields(trailer)
	told.Request.BodyBytes = sent(method, url)
	told.log()
}

// sent is what the calls above gave as bodies.
func sent(method, url string) int {
	switch {
	case strings.HasSuffix(url, "/echo"):
		return 3000
	case strings.HasSuffix(url, "?unsized"):
		return 2500
	case method == "PUT":
		return len("with trailers")
	}
	return 0
}
